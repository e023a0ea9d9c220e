import { lastGreenByHand, type Suspect } from '../../gate/index.js';
import { defined, type Reader } from '../../store/index.js';
import { findTasks } from '../../task/index.js';
import { findWrites } from '../../write/index.js';
import { namesOf } from '../names.js';

const MOST_WRITES = 2_000;
const MOST_TASKS = 100;

/** Who has written in a checkout, and which tasks were done by hand, since a gate was last green there. */
export async function handSuspects(reader: Reader, gate: string, checkout: string): Promise<Suspect[]> {
  const sinceMs = await lastGreenByHand(reader, gate);
  if (sinceMs === undefined) return [];
  // What is of the same moment was tested: a task is done when its own gate is green.
  const found = new Map<string, { task?: string; agentId?: string; paths: Set<string> }>();
  const add = (task: string | undefined, agentId: string | undefined, paths: readonly string[]): void => {
    const key = task ?? `agent ${agentId ?? ''}`;
    const known = found.get(key) ?? { ...defined({ task, agentId }), paths: new Set<string>() };
    for (const path of paths) known.paths.add(path);
    found.set(key, known);
  };
  for (const write of await findWrites(reader, { sinceMs: sinceMs + 1, newest: MOST_WRITES }))
    if (write.checkout === checkout) add(write.taskId, write.agentId, [write.path]);
  const done = { standAlone: true, states: ['done'], hasResult: true } as const;
  for (const task of await findTasks(reader, done, { limit: MOST_TASKS, newest: true }))
    if ((task.endedAt ?? 0) > sinceMs) add(task.id, undefined, task.result?.files ?? []);
  const all = [...found.values()];
  const names = await namesOf(
    reader,
    all.map(({ agentId }) => agentId),
  );
  return all.map(({ task, agentId, paths }) => ({
    ...defined({ task, agent: agentId === undefined ? undefined : names.get(agentId) }),
    paths: [...paths],
  }));
}
