import { openQuestions } from '../../message/index.js';
import { isAlive } from '../../process/index.js';
import type { Run } from '../../run/index.js';
import { errorCode } from '../../error/index.js';
import { defined, type Reader } from '../../store/index.js';
import { findTasks, type Task } from '../../task/index.js';

/** Something that waits for a person, with the command that deals with it. */
export interface Need {
  kind: 'question' | 'failed' | 'run';
  /** The question, task or run. */
  id: string;
  task?: string;
  run?: string;
  text: string;
  command: string;
}

/** What waits for a person: questions, failed tasks, runs that do not go on by themselves. */
export async function needsYou(reader: Reader, runs: readonly Run[]): Promise<Need[]> {
  const questions = await openQuestions(reader);
  const asked = questions.map((question) =>
    defined({
      kind: 'question' as const,
      ...{ id: question.id, text: question.body, task: question.taskId, run: question.runId },
      command: `callsheet answer ${question.id} "…"`,
    }),
  );
  const failed = await findTasks(reader, { standAlone: true, states: ['failed'] });
  for (const { id } of runs) failed.push(...(await findTasks(reader, { runId: id, states: ['failed'] })));
  failed.sort((one, other) => one.seq - other.seq);
  return [...asked, ...failed.map(failedNeed), ...runs.flatMap(runNeed)];
}

function failedNeed(task: Task): Need {
  return defined({
    kind: 'failed' as const,
    ...{ id: task.id, task: task.id, run: task.runId },
    text: task.reason ?? 'no reason was given',
    command: `callsheet task retry ${task.id}`,
  });
}

function runNeed(run: Run): Need[] {
  const why = whyNotGoingOn(run);
  if (why === undefined) return [];
  return [{ kind: 'run', id: run.id, run: run.id, text: why, command: `callsheet resume ${run.id}` }];
}

function whyNotGoingOn(run: Run): string | undefined {
  if (run.state === 'stopped') return run.reason ?? 'it was stopped';
  if (run.state === 'waiting') return run.reason ?? 'it waits for you';
  if (run.state === 'running' && !hasEngine(run)) return 'its engine is gone';
  return undefined;
}

/** Whether somebody pursues a run now. Starts no process, as whatever only shows the sheet. */
export function hasEngine({ enginePid: pid, enginePidStartedAt: startedAt }: Run): boolean {
  if (pid === undefined || startedAt === undefined) return false;
  return process.platform === 'linux' ? isAlive({ pid, startedAt }) : isThere(pid);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    if (errorCode(error) === 'EPERM') return true;
    throw error;
  }
}
