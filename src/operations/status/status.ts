import { findConflicts } from '../../conflict/index.js';
import type { Run } from '../../run/index.js';
import { defined, type Reader } from '../../store/index.js';
import { countTasks, TASK_STATES, totalUsage, type TaskState } from '../../task/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { runsOfNow } from '../scope.js';
import { iso } from '../time.js';
import { agentsNow } from './agents.js';
import { hasEngine, needsYou } from './needs-you.js';
import { sentenceOf } from './sentence.js';
import { showStatus } from './show-status.js';

export const status = defineOperation({
  name: 'status',
  rights: EVERYBODY,
  help: 'Show how work stands, and who needs you',
  input: {},
  run: ({ sheet }) => statusOf(sheet.store, sheet.store.clock.now()),
  show: showStatus,
});

/** How work stands now: all stand-alone tasks, and the runs that matter now. */
async function statusOf(reader: Reader, nowMs: number) {
  const runs = await runsOfNow(reader);
  const counts = await countsOf(reader, runs);
  const open = await findConflicts(reader, { state: 'open' });
  const conflicts = open.filter(({ runId }) => runId === undefined || runs.some((run) => run.id === runId));
  return {
    sentence: sentenceOf(counts),
    at: iso(nowMs),
    tasks: { total: TASK_STATES.reduce((sum, state) => sum + counts[state], 0), ...counts },
    needsYou: await needsYou(reader, runs),
    conflicts: conflicts.map(({ id, kind, runId, taskId, otherTaskIds, paths, decision }) => ({
      ...{ id, kind, run: runId, task: taskId, otherTasks: otherTaskIds, paths, keep: decision?.keep },
    })),
    cost: await costOf(reader, runs),
    runs: runs.map(runDocument),
    agents: await agentsNow(reader),
  };
}

export type Status = Awaited<ReturnType<typeof statusOf>>;

async function countsOf(reader: Reader, runs: readonly Run[]): Promise<Record<TaskState, number>> {
  const counts = await countTasks(reader, null);
  for (const run of runs) {
    const ofRun = await countTasks(reader, run.id);
    for (const state of TASK_STATES) counts[state] += ofRun[state];
  }
  return counts;
}

async function costOf(reader: Reader, runs: readonly Run[]) {
  const cost = { usd: 0, inputTokens: 0, outputTokens: 0 };
  for (const run of runs) {
    const used = await totalUsage(reader, run.id);
    cost.usd += used.costUsd;
    cost.inputTokens += used.inputTokens;
    cost.outputTokens += used.outputTokens;
  }
  return cost;
}

function runDocument(run: Run) {
  return {
    ...{ id: run.id, state: run.state, hasEngine: hasEngine(run), workers: run.options.workers },
    ...defined({ goal: run.goal, reason: run.reason, landedInto: run.landedInto }),
  };
}
