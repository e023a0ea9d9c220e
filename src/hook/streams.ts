import { readFileSync } from 'node:fs';
import { errorCode } from '../error/index.js';
import { writeAtOnce } from '../process/index.js';

// Node's own streams take as long to load as the sheet takes to open. They are left for what cannot be done at once: a
// standard stream that somebody has set to not block.

/** All of the standard input. */
export async function standardInput(): Promise<string> {
  try {
    return readFileSync(0, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'EAGAIN') throw error;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Prints, to standard output (1) or standard error (2). @returns False when nobody listens any more. */
export function print(descriptor: 1 | 2, text: string): boolean {
  const left = writeAtOnce(descriptor, text);
  if (left === 'gone') return false;
  if (left.length > 0) (descriptor === 1 ? process.stdout : process.stderr).write(left);
  return true;
}
