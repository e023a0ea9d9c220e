import { lstatSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findAgent } from '../../agent/index.js';
import { keepBlob, LARGEST_BLOB_BYTES } from '../../blob/index.js';
import { CallsheetError } from '../../error/index.js';
import {
  atPathInside,
  isExecutable,
  recordedInside,
  locateRepository,
  temporaryName,
} from '../../git/index.js';
import { defined, type Reader, type Transaction } from '../../store/index.js';
import { noteFile, openCallsOn, recordWrite, type Write } from '../../write/index.js';
import type * as guard from '../../guard/index.js';
import type { Context } from '../operation.js';
import { makersOf, requireBefore, shownPath, writeDocument } from './describe-write.js';

export type Guard = Pick<typeof guard, 'contentOf' | 'isLive' | 'stampOf' | 'LOOK_AGAIN'>;

/** A write that is taken back, or several of one file as if they were one. */
export interface Change extends Write {
  /** The number of the last of several; `seq` is that of the first. */
  lastSeq?: number;
}

/**
 * Puts the content before a write back into its checkout; a file that the write made goes. What is there is kept, and
 * the change is itself recorded as a write, so that sessions that have seen the file are told of it. A file that is as
 * before already stays, and nothing is recorded.
 * @throws {CallsheetError} as {@link changeBack}.
 */
export async function putWriteBack(context: Context, write: Write, force: boolean) {
  // Loaded only here: every command would pay for it at its start.
  const guard: Guard = await import('../../guard/index.js');
  requireCheckout(context, write);
  const recorded = isAsBefore(guard, write) ? null : await changeBack(context, guard, write, force);
  const names = await makersOf(context.sheet.store, write);
  return {
    kind: 'back' as const,
    write: writeDocument(write, names),
    removed: write.before === '',
    recorded,
  };
}

/** Whether a file holds what it did before a write, or is gone where there was none. */
export function isAsBefore({ contentOf }: Guard, { checkout, path, before }: Write): boolean {
  return contentOf(join(checkout, path)).hash === before;
}

/**
 * @returns The number of the write that this is.
 * @throws {CallsheetError} `WRITE_OVERTAKEN` when the file is not as the change left it, `FILE_BUSY`, `CHECKOUT_GONE`,
 * `CONTENT_GONE`, `CONTENT_TOO_LARGE`, `FILE_IS_FOLDER`, `FILE_IS_LINK`, `PATH_OUTSIDE` (usage).
 */
export async function changeBack(
  context: Context,
  guard: Guard,
  change: Change,
  force: boolean,
): Promise<number> {
  const { store } = context.sheet;
  const content = requireBefore(context, change);
  requireCheckout(context, change);
  // Before a folder is made for it.
  requireLeftAsWas(change, guard.contentOf(join(change.checkout, change.path)).hash, force);
  const agentId = await context.agentId();
  return atPathInside(change.checkout, change.path, async (target) => {
    requireFile(change.path, target);
    const beside = change.before === '' ? undefined : await writtenBeside(change, target, content);
    const exchange = { context, guard, change, target, beside, agentId, force };
    try {
      return await store.transaction((tx) => exchangeIn(tx, exchange));
    } finally {
      if (beside !== undefined) await rm(beside, { force: true });
    }
  });
}

/**
 * Looks whether {@link changeBack} would be refused, and keeps what the file holds now.
 * @throws {CallsheetError} as that.
 */
export async function requireChangeable(
  context: Context,
  guard: Guard,
  change: Change,
  force: boolean,
): Promise<void> {
  requireBefore(context, change);
  requireCheckout(context, change);
  const { checkout, path } = change;
  const file = join(checkout, path);
  const current = guard.contentOf(file);
  requireLeftAsWas(change, current.hash, force);
  if (!force) await requireNobodyWriting(context.sheet.store, guard, change, current.hash);
  recordedInside(checkout, path);
  requireFile(path, file);
  if (current.bytes === undefined || !isKept(context, current.hash, current.bytes)) throw tooLarge(change);
}

/** A file with the mode of the one whose place it will take; where there is none, as git has that file. */
async function writtenBeside({ checkout, path }: Write, target: string, content: Buffer): Promise<string> {
  const mode = lstatSync(target, { throwIfNoEntry: false })?.mode;
  const isProgram = mode === undefined && (await isExecutable(checkout, path));
  const beside = join(dirname(target), `.callsheet-${temporaryName('undo')}`);
  const handle = await open(beside, 'wx', isProgram ? 0o777 : 0o666);
  try {
    await handle.writeFile(content);
    if (mode !== undefined) await handle.chmod(mode & 0o7777);
    await handle.sync();
    return beside;
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

interface Exchange {
  context: Context;
  guard: Guard;
  change: Change;
  /** The file, in its folder that is held open. */
  target: string;
  /** What takes its place; undefined when the file goes. */
  beside: string | undefined;
  /** Who puts it back. */
  agentId: string;
  force: boolean;
}

/**
 * In a transaction: a session that is about to write the file asks in one of its own, before or after this. Whoever
 * reads the file meanwhile reads the one content or the other.
 * @returns The number of the write that this is.
 */
async function exchangeIn(tx: Transaction, exchange: Exchange): Promise<number> {
  const { context, guard, change, target, beside, agentId, force } = exchange;
  const { checkout, path, before, taskId } = change;
  requireFile(path, target);
  const current = guard.contentOf(target);
  requireLeftAsWas(change, current.hash, force);
  if (!force) await requireNobodyWriting(tx, guard, change, current.hash);
  if (current.bytes === undefined || !isKept(context, current.hash, current.bytes)) throw tooLarge(change);
  if (guard.stampOf(target) !== current.stamp) throw overtaken(change);
  if (beside === undefined) rmSync(target, { force: true });
  else renameSync(beside, target);
  const write = { checkout, path, agentId, before: current.hash, after: before, how: 'undo' } as const;
  const seq = await recordWrite(tx, { ...write, ...defined({ taskId }) });
  await noteFile(tx, { checkout, path, hash: before, stamp: guard.LOOK_AGAIN });
  return seq;
}

function isKept({ sheet }: Context, hash: string, bytes: Buffer): boolean {
  return hash === '' || keepBlob(sheet.folder, hash, bytes);
}

function tooLarge({ path, seq }: Write): CallsheetError {
  return new CallsheetError(
    'CONTENT_TOO_LARGE',
    `${shownPath(path)} has over ${LARGEST_BLOB_BYTES / 1e6} MB now, which could not be kept. It was not put back.`,
    {
      hint: `Copy it yourself, then write the old content beside: callsheet undo --write ${seq} --to PATH`,
    },
  );
}

function requireLeftAsWas(change: Change, current: string, force: boolean): void {
  if (current !== change.after && !force) throw overtaken(change);
}

function overtaken({ seq, lastSeq = seq, path }: Change): CallsheetError {
  return new CallsheetError(
    'WRITE_OVERTAKEN',
    `${shownPath(path)} is not as write ${lastSeq} left it: putting back what was before would drop what came later. Nothing was written.`,
    {
      hint: `Write it beside and compare: callsheet undo --write ${seq} --to PATH. With --force it is put back; what is there now is kept.`,
    },
  );
}

async function requireNobodyWriting(
  reader: Reader,
  { isLive }: Guard,
  { checkout, path }: Write,
  current: string,
): Promise<void> {
  for (const call of await openCallsOn(reader, checkout, path)) {
    const agent = await findAgent(reader, call.agentId);
    if (call.before !== current || agent === undefined || !(await isLive(reader, agent))) continue;
    throw new CallsheetError(
      'FILE_BUSY',
      `${agent.name} is about to write ${shownPath(path)}. Nothing was written.`,
      { hint: 'Try again in a moment, or give --force.' },
    );
  }
}

/** @throws {CallsheetError} `CHECKOUT_GONE`: the folder is no checkout of this repository any more. */
function requireCheckout({ sheet }: Context, { checkout, seq }: Write): void {
  const located = locateRepository(checkout);
  if (located?.commonDir === sheet.commonDir && realpathSync(located.root) === checkout) return;
  throw new CallsheetError(
    'CHECKOUT_GONE',
    `${shownPath(checkout)}, where write ${seq} was made, is no checkout of this repository any more. Nothing was written.`,
    { hint: `Write the content elsewhere: callsheet undo --write ${seq} --to PATH` },
  );
}

/** @throws {CallsheetError} `FILE_IS_FOLDER`, `FILE_IS_LINK`: neither can be kept. */
function requireFile(path: string, target: string): void {
  const stats = lstatSync(target, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  if (stats.isDirectory())
    throw new CallsheetError('FILE_IS_FOLDER', `${shownPath(path)} is a folder now. It was not put back.`, {
      hint: 'Write it elsewhere: --to PATH',
    });
  throw new CallsheetError(
    'FILE_IS_LINK',
    `${shownPath(path)} is a link now, or something else that is no file. It was not put back.`,
    { hint: 'Write it elsewhere: --to PATH' },
  );
}
