import { isDeepStrictEqual } from 'node:util';
import { relative } from 'node:path';
import {
  fullPath,
  missingFolders,
  readPlace,
  removePlace,
  replacePlace,
  type FilePlace,
} from '../../client/index.js';
import { CallsheetError } from '../../error/index.js';
import { dropRecord, hashOf, readRecord, writeRecord, type InitRecord } from './record.js';
import type { Target } from './target.js';

/** What becomes of one file. Nothing is done before all are known. */
export interface Change {
  place: FilePlace;
  before: Buffer | undefined;
  after: Buffer | undefined;
  /** Permissions before, and afterwards. */
  modeBefore: number;
  mode: number;
  /** What is remembered of it from then on; undefined forgets what was. Left out, nothing changes in that. */
  record?: InitRecord | undefined;
  /** See {@link Target.brief}. */
  brief?: Target['brief'];
  /** Removed with the file when they are empty. */
  folders?: readonly string[];
}

export type ChangeKind = 'created' | 'changed' | 'unchanged' | 'removed';

export function kindOf({ before, after, mode, modeBefore }: Change): ChangeKind {
  if (before === undefined) return after === undefined ? 'unchanged' : 'created';
  if (after === undefined) return 'removed';
  return before.equals(after) && mode === modeBefore ? 'unchanged' : 'changed';
}

/** Our part is put in. What was there without it is remembered, also when it is not the first time. */
export function putting(folder: string, target: Target): Change {
  const { place } = target;
  const { bytes, mode } = readPlace(place);
  const after = target.put(bytes);
  const change = { place, before: bytes, after, modeBefore: mode, mode, ...briefOf(target) };
  if (bytes?.equals(after) === true) return change;
  const { content, made } = withoutOurs(target, bytes, readRecord(folder, fullPath(place)));
  const remembered = {
    before: content,
    mode: made?.mode ?? mode,
    folders: made?.folders ?? missingFolders(place),
  };
  return { ...change, record: { path: fullPath(place), after: hashOf(after), ...remembered } };
}

/**
 * What was there comes back when the file is as init has left it; else only our part is taken out. Where init has
 * changed nothing, nothing is done, unless `always`.
 */
export function taking(folder: string, target: Target, always: boolean): Change {
  const { place } = target;
  const { bytes, mode } = readPlace(place);
  const known = readRecord(folder, fullPath(place));
  const change = { place, before: bytes, after: bytes, modeBefore: mode, mode, ...briefOf(target) };
  if (known === undefined && !always) return change;
  const { content, made } = withoutOurs(target, bytes, known);
  return {
    ...change,
    after: content,
    mode: made?.mode ?? mode,
    record: undefined,
    folders: made?.folders ?? [],
  };
}

function briefOf({ brief }: Target): Pick<Change, 'brief'> {
  return brief === undefined ? {} : { brief };
}

/** A content without our part. `made` is what init has made of the place, as long as all of that is to be undone. */
function withoutOurs(
  target: Target,
  bytes: Buffer | undefined,
  known: InitRecord | undefined,
): { content: Buffer | undefined; made?: InitRecord } {
  if (bytes === undefined) return { content: undefined };
  if (known !== undefined && hashOf(bytes) === known.after) return { content: known.before, made: known };
  const content = target.take(bytes, known?.before);
  // Made by init, and nobody has added anything: a formatter has been at it.
  if (known !== undefined && known.before === undefined && target.isEmpty(content))
    return { content: undefined, made: known };
  return { content };
}

/**
 * Does all of it, or nothing: what was done is undone when one of them fails.
 * @throws {CallsheetError} `SETTINGS_CHANGED` when a file is not as it was looked at, before anything is done.
 */
export async function applyAll(folder: string, changes: readonly Change[]): Promise<void> {
  for (const change of changes) requireSame(change);
  const done: (() => Promise<void>)[] = [];
  try {
    for (const change of changes) {
      if (change.record !== undefined) done.push(await remember(folder, change.record));
      if (kindOf(change) === 'unchanged') continue;
      done.push(() => write(change.place, change.before, change.modeBefore, change.record?.folders));
      await write(change.place, change.after, change.mode, change.folders);
    }
  } catch (error) {
    for (const undo of done.reverse()) await undo();
    throw error;
  }
  for (const change of changes)
    if ('record' in change && change.record === undefined) dropRecord(folder, fullPath(change.place));
}

async function remember(folder: string, record: InitRecord): Promise<() => Promise<void>> {
  const known = readRecord(folder, record.path);
  await writeRecord(folder, record);
  return known === undefined ? async () => dropRecord(folder, record.path) : () => writeRecord(folder, known);
}

async function write(
  place: FilePlace,
  content: Buffer | undefined,
  mode: number,
  folders: readonly string[] = [],
): Promise<void> {
  if (content === undefined) await removePlace(place, folders);
  else await replacePlace(place, content, mode);
}

function requireSame({ place, before }: Change): void {
  if (isDeepStrictEqual(readPlace(place).bytes, before)) return;
  throw new CallsheetError(
    'SETTINGS_CHANGED',
    `${fullPath(place)} has changed since it was looked at. Nothing was changed.`,
    { hint: 'Give the command again.' },
  );
}

/** A path as people call it: from the top of the checkout when it is in it. */
export function shownPath(root: string, place: FilePlace): string {
  const path = relative(root, fullPath(place));
  return path.startsWith('..') ? fullPath(place) : path;
}

/** A unified diff; empty when nothing changes. */
export function diffOf(root: string, change: Change): Promise<string> {
  return diffBetween(root, change, (content) => content.toString('utf8'));
}

/**
 * The same for people to read: what callsheet repeats for each event is said once.
 * @param lines Those that other diffs have said already; what this one says is added.
 */
export async function briefDiffOf(root: string, change: Change, lines: string[]): Promise<string> {
  const { brief } = change;
  if (brief === undefined) return diffOf(root, change);
  const known = lines.length;
  const diff = await diffBetween(root, change, (content) => brief(content.toString('utf8'), lines));
  const said = lines.slice(known).map((line, at) => `(line ${known + at + 1}) is: ${line}`);
  return [diff.trimEnd(), ...said, ''].join('\n');
}

async function diffBetween(
  root: string,
  change: Change,
  textOf: (content: Buffer) => string,
): Promise<string> {
  if (kindOf(change) === 'unchanged') return '';
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const { before, after } = change;
  const shown = shownPath(root, change.place).replace(/^\//, '');
  const diff = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `a/${shown}`,
    after === undefined ? '/dev/null' : `b/${shown}`,
    before === undefined ? '' : textOf(before),
    after === undefined ? '' : textOf(after),
    undefined,
    undefined,
    { context: 3, timeout: 2_000, headerOptions: FILE_HEADERS_ONLY },
  );
  return (
    diff ??
    `${shown} is another file then, of ${after?.length ?? 0} bytes instead of ${before?.length ?? 0}\n`
  );
}
