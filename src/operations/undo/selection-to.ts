import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CallsheetError } from '../../error/index.js';
import { recordedInside } from '../../git/index.js';
import type { Write } from '../../write/index.js';
import type { Context } from '../operation.js';
import { requireNoneBlocked, whyBlocked, type Blocked } from './blocked.js';
import { requireBefore, shownPath } from './describe-write.js';
import { fillFolder } from './new-folder.js';
import { selectedSpans, type UndoFilter } from './selection.js';

/**
 * Writes what each file was before the first of the selected writes of it into a folder that is new or empty; files of
 * several checkouts into a folder for each, numbered.
 * @throws {CallsheetError} `UNDO_BLOCKED`, `FOLDER_NOT_EMPTY`, `WRITE_UNKNOWN`, `TASK_UNKNOWN`, `AGENT_UNKNOWN`,
 * `PATH_OUTSIDE` (usage).
 */
export async function selectionTo(context: Context, filter: UndoFilter, to: string) {
  const spans = await selectedSpans(context.sheet.store, filter);
  const firsts = spans.map(({ first }) => first);
  const existing = firsts.filter(({ before }) => before !== '');
  const placed = placesOf(existing);
  requireWritable(context, placed);
  const { folder } = await fillFolder(context, to, (content) => {
    mkdirSync(content, { recursive: true });
    for (const { write, place } of placed) writeInto(content, place, requireBefore(context, write));
    return Promise.resolve();
  });
  return {
    kind: 'selection-written' as const,
    folder,
    files: placed.map(({ place }) => place),
    absent: firsts.filter(({ before }) => before === '').map(({ path }) => path),
  };
}

interface Placed {
  write: Write;
  /** Where in the folder. */
  place: string;
}

function requireWritable(context: Context, placed: readonly Placed[]): void {
  const places = new Set(placed.map(({ place }) => place));
  const blocked: Blocked[] = [];
  for (const { write, place } of placed) {
    try {
      requireBefore(context, write);
      requireNoFileAbove(place, places);
    } catch (error) {
      blocked.push(whyBlocked(write, error));
    }
  }
  requireNoneBlocked(blocked, placed.length);
}

/** What was a file at one time may have been a folder at another. */
function requireNoFileAbove(place: string, places: ReadonlySet<string>): void {
  const names = place.split('/');
  const above = names.map((_, index) => names.slice(0, index).join('/')).find((each) => places.has(each));
  if (above === undefined) return;
  throw new CallsheetError('FILE_IS_FOLDER', `${shownPath(above)} was a file before another of the writes.`);
}

function placesOf(writes: readonly Write[]): Placed[] {
  const checkouts = [...new Set(writes.map(({ checkout }) => checkout))].sort();
  const above = ({ checkout }: Write): string =>
    checkouts.length === 1 ? '' : `${checkouts.indexOf(checkout) + 1}-${basename(checkout)}`;
  return writes.map((write) => ({ write, place: join(above(write), write.path) }));
}

function writeInto(folder: string, place: string, content: Buffer): void {
  const file = join(folder, recordedInside(folder, place));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { flag: 'wx' });
}
