import { usageError } from '../error/index.js';
import { textOf, type Reader } from '../store/index.js';
import { selectEdgesFrom } from './task.sql.js';

/** Refuses a dependency that would close a cycle, and names the cycle. */
export async function requireAcyclic(reader: Reader, taskId: string, needsId: string): Promise<void> {
  const way = taskId === needsId ? [taskId] : await wayBetween(reader, needsId, taskId);
  if (way === undefined) return;
  throw usageError(
    'TASK_CYCLE',
    `${taskId} cannot wait for ${needsId}: that closes the cycle ${[taskId, ...way].join(' → ')}. Nothing was changed.`,
    'Leave out one of these dependencies.',
    { cycle: [taskId, ...way] },
  );
}

/** The ids from one task to another along dependencies, both included, or undefined. */
async function wayBetween(reader: Reader, from: string, to: string): Promise<string[] | undefined> {
  const needs = new Map<string, string[]>();
  for (const row of await reader.all(selectEdgesFrom(from))) {
    const task = textOf(row, 'task_id');
    needs.set(task, [...(needs.get(task) ?? []), textOf(row, 'needs_id')]);
  }
  const cameFrom = new Map<string, string>();
  const queue = [from];
  for (const id of queue) {
    if (id === to) return trail(cameFrom, from, to);
    for (const next of needs.get(id) ?? []) {
      if (next === from || cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return undefined;
}

function trail(cameFrom: Map<string, string>, from: string, to: string): string[] {
  const ids = [to];
  for (let id = to; id !== from;) {
    id = cameFrom.get(id) ?? from;
    ids.unshift(id);
  }
  return ids;
}
