import type { Transaction } from '../../store/index.js';
import { findTask } from '../../task/index.js';

/** The next id of a task. Plans bring ids of their own, so the next number may be taken. */
export async function freeId(tx: Transaction): Promise<string> {
  for (;;) {
    const id = await tx.nextId('task');
    if ((await findTask(tx, id)) === undefined) return id;
  }
}
