import { assertNever } from '../../error/index.js';
import type { Run } from '../../run/index.js';
import type { Reader } from '../../store/index.js';
import { findTask, holdsClaim } from '../../task/index.js';
import type { Workspace } from '../../workspace/index.js';
import { hasEngine } from '../status/index.js';

/** Why nothing of a run is removed, or undefined. */
export function reasonToKeepRun(run: Run, isNamed: boolean): string | undefined {
  if (hasEngine(run)) return `${run.id} is being worked on by process ${run.enginePid ?? ''}`;
  switch (run.state) {
    case 'finished':
    case 'failed':
      return undefined;
    case 'running':
    case 'stopped':
    case 'waiting':
      return isNamed
        ? undefined
        : `${run.id} can be resumed (callsheet resume ${run.id}); to remove it all the same: callsheet clean ${run.id}`;
    default:
      return assertNever(run.state, 'state of a run');
  }
}

/** Why one workspace of a run that may be cleaned is not removed, or undefined. */
export async function reasonToKeep(reader: Reader, workspace: Workspace): Promise<string | undefined> {
  if (workspace.taskId === undefined) return undefined;
  const task = await findTask(reader, workspace.taskId);
  if (task === undefined || task.attempt !== workspace.attempt || !holdsClaim(task.state)) return undefined;
  return `${task.id} is ${task.state} and goes on there; cancel or release it first`;
}
