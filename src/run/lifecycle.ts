import { CallsheetError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { numberOf, type Transaction } from '../store/index.js';
import { requireRun, toRun } from './find.js';
import { endRun, insertRevision, insertRun, takeOver, updateLandedInto, updateOptions } from './run.sql.js';
import type { Run, RunOptions, RunState } from './run.js';

export type NewRun = Omit<Run, 'state' | 'epoch' | 'createdAt'>;

/** Records a run; an engine takes it up with {@link takeOverRun}. */
export async function createRun(tx: Transaction, wanted: NewRun): Promise<Run> {
  const run: Run = { ...wanted, state: 'running', epoch: 0, createdAt: tx.now };
  await tx.run(insertRun(run));
  await appendEvent(tx, {
    type: 'run.created',
    runId: run.id,
    data: {
      state: run.state,
      goal: run.goal,
      approach: run.approach,
      baseCommit: run.baseCommit,
      baseGate: run.baseGate,
    },
  });
  return run;
}

/** Writes the next numbered revision of a run's plan: which tasks it has now, and why it changed. */
export async function revisePlan(
  tx: Transaction,
  run: Pick<Run, 'id' | 'goal' | 'approach'>,
  revision: { reason: string; tasks: string[]; by?: string },
): Promise<number> {
  const row = await tx.get(
    insertRevision({
      runId: run.id,
      goal: run.goal,
      approach: run.approach,
      nowMs: tx.now,
      by: revision.by,
      ...revision,
    }),
  );
  const number = numberOf(row ?? {}, 'number');
  await appendEvent(tx, { type: 'plan.revised', runId: run.id, data: { number, ...revision } });
  return number;
}

/**
 * Makes the calling engine the one engine of a run. `isAlive` tells whether the engine on record still is.
 * @throws {CallsheetError} `ENGINE_RUNNING` when it is, with its process id.
 */
export async function takeOverRun(
  tx: Transaction,
  runId: string,
  engine: { pid: number; startedAt: string },
  isAlive: (engine: { pid: number; startedAt: string }) => boolean,
): Promise<Run> {
  const run = await requireRun(tx, runId);
  const { enginePid: pid, enginePidStartedAt: startedAt } = run;
  if (pid !== undefined && startedAt !== undefined && isAlive({ pid, startedAt })) {
    throw new CallsheetError(
      'ENGINE_RUNNING',
      `Run ${runId} is being worked on by process ${pid}. Nothing was started.`,
      {
        hint: `Follow it: callsheet watch. Stop it: callsheet stop ${runId}`,
        data: { run: runId, pid },
      },
    );
  }
  const row = await tx.get(takeOver(runId, engine));
  const taken = toRun(row ?? {});
  await appendEvent(tx, {
    type: 'run.started',
    runId,
    data: { state: taken.state, epoch: taken.epoch, pid: engine.pid },
  });
  return taken;
}

/** Ends an engine's work on a run. False when a later engine has taken it over. */
export async function endEngine(
  tx: Transaction,
  run: Pick<Run, 'id' | 'epoch'>,
  state: Exclude<RunState, 'running'>,
  reason?: string,
): Promise<boolean> {
  const row = await tx.get(endRun(run.id, run.epoch, state, reason ?? null, tx.now));
  if (row === undefined) return false;
  await appendEvent(tx, {
    type: `run.${state}`,
    runId: run.id,
    data: { state, ...(reason === undefined ? {} : { reason }) },
  });
  return true;
}

/** The run's work has reached a branch of the person. */
export async function noteLandedInto(
  tx: Transaction,
  runId: string,
  branch: string,
  commit: string,
): Promise<void> {
  await tx.run(updateLandedInto(runId, branch));
  await appendEvent(tx, { type: 'run.landed-into', runId, data: { branch, commit } });
}

/** What may change while a run goes on. */
export type RunChanges = Partial<Pick<RunOptions, 'workers' | 'agent'>>;

/** Changes how a run works from now on; an engine sees another number of workers at its next look. */
export async function changeOptions(tx: Transaction, runId: string, changes: RunChanges): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  const { options } = await requireRun(tx, runId);
  await tx.run(updateOptions(runId, { ...options, ...changes }));
  await appendEvent(tx, { type: 'run.changed', runId, data: { ...changes } });
}
