import type { Message } from '../../message/index.js';
import { findRun, type Run } from '../../run/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { reopenTask, type Task } from '../../task/index.js';
import { tellProgress } from '../../team/index.js';
import { oneLine } from '../../text/index.js';
import type { Context } from '../operation.js';
import { hasEngine } from '../status/index.js';
import type { Sent } from './sent.js';

/** A message to a task that has ended begins a new attempt at it, for which it waits. */
export async function reopenFor(
  tx: Transaction,
  { actor }: Context,
  { id }: Task,
  { body, from }: Message,
): Promise<Pick<Sent, 'reopened' | 'resume'>> {
  const task = await reopenTask(tx, id, `opened again by ${actor.name}: ${oneLine(body, 200)}`);
  const ready = task.state === 'ready' ? `Ready now: ${id}.` : 'It waits for what it depends on.';
  await tellProgress(tx, task, `${actor.name} has opened ${id} again. ${ready}`, from);
  const run = task.runId === undefined ? undefined : await findRun(tx, task.runId);
  return { reopened: id, ...defined({ resume: run === undefined ? undefined : resumeCommand(run) }) };
}

function resumeCommand(run: Run): string | undefined {
  return hasEngine(run) ? undefined : `callsheet resume ${run.id}`;
}
