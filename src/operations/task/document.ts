import { defined } from '../../store/index.js';
import type { Task } from '../../task/index.js';
import { iso, optionalIso } from '../time.js';

/** A task as every face shows it: times in ISO 8601, the holder by name. */
export function taskDocument(task: Task, names: ReadonlyMap<string, string>) {
  const {
    seq: _seq,
    planKey: _planKey,
    runAfter: _runAfter,
    pathMs: _pathMs,
    runId,
    outputSchema,
    ...rest
  } = task;
  return defined({
    ...rest,
    run: runId,
    output: outputSchema,
    claimedBy: task.claimedBy === undefined ? undefined : (names.get(task.claimedBy) ?? task.claimedBy),
    leaseExpiresAt: optionalIso(task.leaseExpiresAt),
    createdAt: iso(task.createdAt),
    startedAt: optionalIso(task.startedAt),
    endedAt: optionalIso(task.endedAt),
  });
}
