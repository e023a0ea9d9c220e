import { lstatSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { CallsheetError, errorCode, messageOf } from '../../error/index.js';
import { atPathInside, recordedInside } from '../../git/index.js';
import { findWrite, type Write } from '../../write/index.js';
import type { Context } from '../operation.js';
import { requireNoneBlocked, whyBlocked, type Blocked } from './blocked.js';
import { makersOf, shownPath } from './describe-write.js';
import { changeBack, isAsBefore, requireChangeable, type Change, type Guard } from './put-write-back.js';
import { selectedSpans, type Span, type UndoFilter } from './selection.js';

interface Done {
  change: Change;
  recorded: number;
}

/**
 * Puts each file back to what it was before the first of the selected writes of it: all of them, or none. Each is
 * looked at once more at the moment when it is changed; when one was written just then, those before it are taken back.
 * @throws {CallsheetError} `UNDO_BLOCKED` with every file that cannot be put back, `WRITE_UNKNOWN`, `TASK_UNKNOWN`,
 * `AGENT_UNKNOWN` (usage), and of the moment of a change what {@link changeBack} throws.
 */
export async function putSelectionBack(context: Context, filter: UndoFilter, force: boolean) {
  const spans = await selectedSpans(context.sheet.store, filter);
  // Loaded only here: every command would pay for it at its start.
  const guard: Guard = await import('../../guard/index.js');
  const isDone = ({ first }: Span): boolean => isAsBefore(guard, first);
  const [asBefore, others] = [spans.filter(isDone), spans.filter((span) => !isDone(span))];
  const removals = new Removals(others.map(changeOf));
  const blocked: Blocked[] = [];
  for (const span of others) blocked.push(...(await whyNot({ context, guard, removals, force }, span)));
  requireNoneBlocked(blocked, others.length);
  const done = await changeAll(context, guard, inOrder(others.map(changeOf)), force);
  return {
    kind: 'selection-back' as const,
    files: done.map(({ change: { checkout, path, before }, recorded }) => ({
      ...{ checkout, path, removed: before === '', recorded },
    })),
    asBefore: asBefore.map(({ first }) => first.path),
  };
}

function changeOf({ first, last }: Span): Change {
  return { ...first, after: last.after, lastSeq: last.seq };
}

/** The files that go: what they are in the way of can come back after them. */
class Removals {
  readonly #files: ReadonlySet<string>;

  constructor(changes: readonly Change[]) {
    const removed = changes.filter(({ before }) => before === '');
    this.#files = new Set(removed.map(({ checkout, path }) => join(checkout, path)));
  }

  /** Whether a file that goes stands where this one needs a folder. */
  makeRoomAbove({ checkout, path }: Change): boolean {
    const names = path.split('/');
    return names.some((_, index) => index > 0 && this.#files.has(join(checkout, ...names.slice(0, index))));
  }

  /** Whether a folder stands where this file was, in which nothing is but files that go. */
  makeRoomAt({ checkout, path }: Change): boolean {
    const folder = join(checkout, recordedInside(checkout, path));
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.every((each) => each.isDirectory() || this.#files.has(join(each.parentPath, each.name)));
  }
}

interface Asked {
  context: Context;
  guard: Guard;
  removals: Removals;
  force: boolean;
}

async function whyNot({ context, guard, removals, force }: Asked, span: Span): Promise<Blocked[]> {
  const change = changeOf(span);
  const why = force ? undefined : await whyOvertaken(context, span);
  if (why !== undefined) return [{ ...placeOf(change), code: 'WRITE_OVERTAKEN', reason: why }];
  if (removals.makeRoomAbove(change)) return [];
  try {
    if (removals.makeRoomAt(change)) return [];
    await requireChangeable(context, guard, change, force);
    return [];
  } catch (error) {
    return [whyBlocked(change, error)];
  }
}

async function whyOvertaken(context: Context, span: Span): Promise<string | undefined> {
  const { first, foreign, unsure, gap } = span;
  const path = shownPath(first.path);
  if (foreign !== undefined) {
    const others = foreign.how === 'meanwhile' ? ' or somebody else' : '';
    return `${path}: ${await writerOf(context, foreign)}${others} wrote it since, in write ${foreign.seq}, which is not among these`;
  }
  if (unsure !== undefined)
    return `${path}: ${await writerOf(context, unsure)} or somebody else wrote it, in write ${unsure.seq}, while a command ran that does not name it`;
  if (gap === undefined) return undefined;
  return `${path}: somebody changed it between write ${gap.after} and write ${gap.before}`;
}

async function writerOf({ sheet }: Context, write: Write): Promise<string> {
  const makers = [...(await makersOf(sheet.store, write)).values()];
  return [...makers, ...(write.agentId === undefined ? ['somebody who is not registered'] : [])].join(' or ');
}

function placeOf({ checkout, path }: Change): Pick<Blocked, 'checkout' | 'path'> {
  return { checkout, path };
}

/** Files that go first: one may stand where another needs a folder, or in a folder where another was. */
function inOrder(changes: readonly Change[]): Change[] {
  const isRemoval = ({ before }: Change): boolean => before === '';
  return [...changes.filter(isRemoval), ...changes.filter((change) => !isRemoval(change))];
}

async function changeAll(
  context: Context,
  guard: Guard,
  changes: readonly Change[],
  force: boolean,
): Promise<Done[]> {
  const done: Done[] = [];
  try {
    for (const change of changes) {
      if (change.before !== '') await makeRoom(change);
      done.push({ change, recorded: await changeBack(context, guard, change, force) });
    }
    return done;
  } catch (error) {
    const stays = await takeBack(context, guard, done);
    if (stays.length === 0) throw error;
    throw stayed(error, stays);
  }
}

function stayed(cause: unknown, stays: readonly Done[]): CallsheetError {
  const files = stays.map(({ change, recorded }) => ({
    ...placeOf(change),
    code: 'WRITE_OVERTAKEN',
    reason: `${shownPath(change.path)} was put back before that and written again, see callsheet undo --write ${recorded}`,
  }));
  const reasons = files.map(({ reason }) => reason).join('; ');
  return new CallsheetError('UNDO_BLOCKED', `${messageOf(cause)} ${reasons}.`, {
    hint: 'See what was put back: callsheet undo',
    ...{ data: { files }, cause },
  });
}

/** @returns Those of which that is not possible: somebody has written them meanwhile. */
async function takeBack(context: Context, guard: Guard, done: readonly Done[]): Promise<Done[]> {
  const stays: Done[] = [];
  for (const each of done.toReversed()) {
    try {
      const write = await findWrite(context.sheet.store, each.recorded);
      if (write !== undefined) await changeBack(context, guard, write, false);
    } catch {
      stays.push(each);
    }
  }
  return stays;
}

async function makeRoom({ checkout, path }: Change): Promise<void> {
  await atPathInside(checkout, path, (target) => Promise.resolve(removeEmptyFolders(target)));
}

/** A folder without a file in it is none that git knows of. */
function removeEmptyFolders(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const each of readdirSync(folder, { withFileTypes: true }))
    if (each.isDirectory()) removeEmptyFolders(join(folder, each.name));
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  }
}
