import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { assert, CallsheetError, errorCode } from '../error/index.js';
import { identityOf, isAlive, type ProcessIdentity } from '../process/index.js';

export interface LockFile {
  release(): void;
}

interface Holder extends ProcessIdentity {
  /** Names this one holding: the same process may hold the same lock again later. */
  holding: string;
}

const looked = new Set<string>();

/**
 * Takes a lock that one process at a time can have, waiting for its turn. The lock of a dead process is taken over.
 * @throws {CallsheetError} `GIT_BUSY` naming the holder when the lock is still held after `waitMs`.
 */
export async function acquireLockFile(file: string, waitMs: number): Promise<LockFile> {
  const deadline = performance.now() + waitMs;
  const mine = newHolder();
  // Once in each process: whoever goes on after a killed one is another.
  if (!looked.has(file)) removeDeadDrafts(file);
  looked.add(file);
  for (;;) {
    if (tryCreate(file, mine)) return { release: () => rmSync(file, { force: true }) };
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      await removeDead(file, holder, waitMs);
      continue;
    }
    if (performance.now() > deadline) throw busy(file, holder);
    await pause(2 + Math.random() * 8);
  }
}

function newHolder(): Holder {
  const identity = identityOf(process.pid);
  assert(identity !== undefined, 'this process runs');
  return { ...identity, holding: randomUUID() };
}

/** Creates the lock with its content in one step (a link), so that nobody ever reads an empty one. */
function tryCreate(file: string, holder: Holder): boolean {
  const draft = `${file}.${holder.pid}.${holder.holding}`;
  writeFileSync(draft, JSON.stringify(holder), { flag: 'wx' });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Drafts of processes that were killed before they had made a lock of them, or taken them away. */
function removeDeadDrafts(file: string): void {
  const [folder, name] = [dirname(file), basename(file)];
  for (const entry of readdirSync(folder)) {
    const pid = /^(?:\.dead)?\.(\d+)\.[0-9a-f-]{36}$/.exec(
      entry.startsWith(name) ? entry.slice(name.length) : '',
    )?.[1];
    if (pid === undefined || isAtWork(join(folder, entry), Number(pid))) continue;
    rmSync(join(folder, entry), { force: true });
  }
}

function isAtWork(draft: string, pid: number): boolean {
  const identity = identityOf(pid);
  if (identity === undefined) return false;
  try {
    return isAlive(readHolder(draft) ?? identity);
  } catch (error) {
    // Not written to its end: by this process, or by one that had its pid before.
    if (error instanceof CallsheetError && error.code === 'LOCK_FILE_UNREADABLE') return true;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return parseHolder(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

function parseHolder(file: string, text: string): Holder {
  const match = /^\{"pid":(\d+),"startedAt":("(?:[^"\\]|\\.)*"),"holding":"([0-9a-f-]+)"\}$/.exec(text);
  const [, pid, startedAt, holding] = match ?? [];
  if (pid !== undefined && startedAt !== undefined && holding !== undefined) {
    return { pid: Number(pid), startedAt: String(JSON.parse(startedAt)), holding };
  }
  throw new CallsheetError(
    'LOCK_FILE_UNREADABLE',
    `${file} holds no process identity, so nobody knows who holds it.`,
    {
      hint: `When no callsheet runs on this repository, delete it: rm '${file}'`,
    },
  );
}

/**
 * Removes the lock of a dead process. Two processes may both have read it, and the slower one must not remove the
 * lock that the faster one has made since: removal is itself under a lock, and looks again.
 */
async function removeDead(file: string, dead: Holder, waitMs: number): Promise<void> {
  const removal = await acquireLockFile(`${file}.dead`, waitMs);
  try {
    if (readHolder(file)?.holding === dead.holding) rmSync(file, { force: true });
  } finally {
    removal.release();
  }
}

function busy(file: string, holder: Holder): CallsheetError {
  return new CallsheetError(
    'GIT_BUSY',
    `Process ${holder.pid} still changes worktrees or branches (${file}); nothing was done.`,
    {
      hint: `Try again later, or look at it: ps -p ${holder.pid}`,
      data: { pid: holder.pid },
    },
  );
}
