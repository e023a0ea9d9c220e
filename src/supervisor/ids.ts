import type { Repository } from '../git/index.js';
import type { Reader, Store } from '../store/index.js';
import { findTask } from '../task/index.js';

/**
 * An id for a run of which git knows nothing: where the sheet was deleted or restored, branches and snapshots of an
 * earlier run of that number may be left, and must not be taken for its own.
 */
export async function freshRunId(store: Store, repository: Repository): Promise<string> {
  for (;;) {
    const id = await store.transaction((tx) => tx.nextId('run'));
    const left = await Promise.all([
      repository.refs(`refs/heads/callsheet/${id}`),
      repository.refs(`refs/callsheet/snapshots/${id}`),
    ]);
    if (left.every((refs) => refs.size === 0)) return id;
  }
}

/**
 * Ids for the tasks of a plan: its own where the sheet has no such task yet, else with the first free number
 * behind it: `limiter-2` when the plan is run a second time.
 */
export async function freshIds(reader: Reader, planned: string[]): Promise<(id: string) => string> {
  const taken = new Set(planned.map((id) => id.toLowerCase()));
  const ids = new Map<string, string>();
  for (const id of planned) {
    if ((await findTask(reader, id)) === undefined) ids.set(id, id);
    else ids.set(id, await numbered(reader, id, taken));
  }
  return (id) => ids.get(id) ?? id;
}

async function numbered(reader: Reader, id: string, taken: Set<string>): Promise<string> {
  for (let number = 2; ; number += 1) {
    const candidate = `${id.slice(0, 58)}-${number}`;
    if (taken.has(candidate.toLowerCase()) || (await findTask(reader, candidate)) !== undefined) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}
