import type { Holder, Lock } from '../../lock/index.js';
import { defined } from '../../store/index.js';
import { iso, optionalIso } from '../time.js';

/** A lock as every face shows it. */
export function lockDocument(lock: Lock, names: ReadonlyMap<string, string>) {
  return defined({
    ...{ id: lock.id, state: lock.state, paths: lock.paths, resources: lock.resources },
    agent: names.get(lock.agentId) ?? lock.agentId,
    task: lock.taskId,
    run: lock.runId,
    reason: lock.reason,
    since: iso(lock.grantedAt ?? lock.createdAt),
    expiresAt: iso(lock.expiresAt),
    endedAt: optionalIso(lock.endedAt),
  });
}

/** `ada holds src/app.js (lock-2, task task-1) until 12:04` for each who stands in the way. */
export function describeHolders(holders: readonly Holder[]): string {
  return holders
    .map(({ agentName, lock, target, taskId, until }) => {
      const what = lock.state === 'held' ? 'holds' : 'waits in front for';
      const why = lock.reason === undefined ? '' : `: ${lock.reason}`;
      const task = taskId === undefined ? '' : `, ${taskId}`;
      return `${agentName} ${what} ${target} (${lock.id}${task}) until ${iso(until)}${why}`;
    })
    .join('; ');
}
