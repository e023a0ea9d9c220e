import { messageOf } from '../error/index.js';
import { retryVanished, saveFiles } from '../git/index.js';
import { recordSnapshot, SESSION_SNAPSHOTS } from '../snapshot/index.js';
import { defined } from '../store/index.js';
import { stampOf } from './content.js';
import type { Guard } from './guard.js';
import type { Place } from './look.js';

/** A file that is to be saved before the lock on it goes to another. */
export interface Unsaved extends Place {
  /** Whose lock it is, by name. */
  of: string;
  taskId?: string;
  attempt?: number;
}

/** A file as it was saved; as long as it has this stamp, that is what it holds. */
export interface Saved extends Place {
  stamp: string;
  /** The id of the snapshot; absent where none could be taken. */
  snapshot?: string;
  /** Why there is none. */
  problem?: string;
}

/** Takes a snapshot of each of these files as it is now, and of nothing else. */
export async function saveWork(guard: Guard, files: readonly Unsaved[]): Promise<Saved[]> {
  const saved: Saved[] = [];
  for (const file of files) {
    const { checkout, path } = file;
    const stamp = stampOf(`${checkout}/${path}`);
    try {
      saved.push({ checkout, path, stamp, snapshot: await snapshotOf(guard, file) });
    } catch (error) {
      // Whoever would have had to let go keeps its lock then; the one that asked hears why.
      saved.push({ checkout, path, stamp, problem: messageOf(error) });
    }
  }
  return saved;
}

async function snapshotOf({ store }: Guard, file: Unsaved): Promise<string> {
  const { checkout, path, of, taskId, attempt } = file;
  const reason = `${path}, before ${of} let go of it`;
  const ref = `${SESSION_SNAPSHOTS.yield}${store.clock.now()}.${store.chance.token().slice(0, 12)}`;
  const commit = await retryVanished(() =>
    saveFiles(checkout, [path], { ref, message: `Snapshot of a file: ${reason}` }),
  );
  const taken = { ref, commit, workspace: checkout, reason, leftOut: [], ...defined({ taskId, attempt }) };
  return store.transaction(async (tx) => (await recordSnapshot(tx, taken)).id);
}
