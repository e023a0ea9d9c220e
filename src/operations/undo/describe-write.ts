import { join } from 'node:path';
import { LARGEST_BLOB_BYTES, readBlob } from '../../blob/index.js';
import { CallsheetError } from '../../error/index.js';
import { defined, type Reader } from '../../store/index.js';
import { oneLine, plainText } from '../../text/index.js';
import type { Write } from '../../write/index.js';
import { namesOf } from '../names.js';
import type { Context } from '../operation.js';
import { iso } from '../time.js';

const LONGEST_DIFF = 12_000;
// What is cut to that afterwards, at a line.
const ALL_OF_IT = 100_000_000;

/** A write as every face shows it. */
export function writeDocument(write: Write, names: ReadonlyMap<string, string>) {
  const { seq, checkout, path, agentId, suspects, taskId, attempt, before, after, how, at } = write;
  const nameOf = (id: string): string => names.get(id) ?? id;
  return defined({
    ...{ write: seq, at: iso(at), agent: agentId === undefined ? undefined : nameOf(agentId) },
    ...{ perhaps: suspects?.map(nameOf), task: taskId, attempt, how, checkout, path, before, after },
  });
}

/** The names of all who made writes, or may have. */
export function makersOf(reader: Reader, ...writes: readonly Write[]): Promise<Map<string, string>> {
  return namesOf(
    reader,
    writes.flatMap(({ agentId, suspects = [] }) => [agentId, ...suspects]),
  );
}

/** Who wrote, and what it changed. */
export async function describeWrite({ sheet }: Context, write: Write) {
  // Loaded only here: every command would pay for it at its start.
  const { contentOf, lineChanges } = await import('../../guard/index.js');
  const [before, after] = [readBlob(sheet.folder, write.before), readBlob(sheet.folder, write.after)];
  const changes =
    before === undefined || after === undefined ? undefined : lineChanges(before, after, ALL_OF_IT);
  const names = await makersOf(sheet.store, write);
  const now = contentOf(join(write.checkout, write.path)).hash;
  return {
    kind: 'write' as const,
    write: writeDocument(write, names),
    isLatest: now === write.after,
    isAsBefore: now === write.before,
    diff: changes === undefined ? null : cutAtLine(changes.text),
    ...(changes === undefined || changes.text.length <= LONGEST_DIFF ? {} : { isCut: true }),
  };
}

function cutAtLine(text: string): string {
  if (text.length <= LONGEST_DIFF) return text;
  const end = text.lastIndexOf('\n', LONGEST_DIFF);
  return end === -1 ? text.slice(0, LONGEST_DIFF).toWellFormed() : text.slice(0, end + 1);
}

/** @throws {CallsheetError} `CONTENT_GONE` when the content before a write is not kept. */
export function requireBefore({ sheet }: Context, write: Write): Buffer {
  const content = readBlob(sheet.folder, write.before);
  if (content !== undefined) return content;
  throw new CallsheetError(
    'CONTENT_GONE',
    `The content before write ${write.seq} is not kept: it had over ${LARGEST_BLOB_BYTES / 1e6} MB, or was not used for so long that it was removed. Nothing was written.`,
    { hint: `If it was committed, git has it: git cat-file blob ${write.before}` },
  );
}

export function shownPath(path: string): string {
  return oneLine(plainText(path), 300);
}
