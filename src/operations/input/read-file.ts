import { resolve } from 'node:path';
import { messageOf, usageError } from '../../error/index.js';
import { FileTooLarge, readSmall, textOf } from '../../file/index.js';

const MOST_BYTES = 1024 * 1024;
const MOST_LEVELS = 100;

/** The text of a file of at most 1 MB, or of standard input for `-`. */
export async function readTextFile(cwd: string, name: string): Promise<string> {
  const bytes = name === '-' ? await readStdin() : readBounded(resolve(cwd, name), name);
  if (bytes.length > MOST_BYTES) throw tooLarge(name, bytes.length);
  if (bytes.includes(0)) throw unreadable(name, 'it is no text');
  try {
    return textOf(bytes);
  } catch (error) {
    throw unreadable(name, messageOf(error));
  }
}

/** What the text of a file of JSON says. */
export function jsonIn(text: string, name: string): unknown {
  if (isDeep(text)) throw unreadable(name, `it is nested more than ${MOST_LEVELS} levels deep`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unreadable(name, `it is no JSON (${messageOf(error)})`);
  }
}

/** Told from the text: whatever looks at such a value calls itself once for each level. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [found] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (found === '[' || found === '{') depth += 1;
    else if (found === ']' || found === '}') depth -= 1;
    if (depth > MOST_LEVELS) return true;
  }
  return false;
}

function readBounded(path: string, name: string): Buffer {
  try {
    return readSmall(path, MOST_BYTES);
  } catch (error) {
    if (error instanceof FileTooLarge) throw tooLarge(name, error.bytes);
    throw unreadable(name, messageOf(error));
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function unreadable(name: string, why: string): Error {
  return usageError(
    'FILE_UNREADABLE',
    `${name} was not read: ${why}. Nothing was done.`,
    'Give a regular text file in UTF-8, or - for standard input.',
  );
}

function tooLarge(name: string, bytes: number): Error {
  return unreadable(name, `it has ${bytes} bytes or more, and at most ${MOST_BYTES} are read`);
}
