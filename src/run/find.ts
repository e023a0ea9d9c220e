import { usageError } from '../error/index.js';
import {
  defined,
  jsonOf,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  textOf,
  type Reader,
  type Row,
} from '../store/index.js';
import { selectNewestRun, selectRun, selectRuns } from './run.sql.js';
import { RUN_STATES, type Run, type RunOptions, type RunState } from './run.js';

export async function findRun(reader: Reader, id: string): Promise<Run | undefined> {
  const row = await reader.get(selectRun(id));
  return row === undefined ? undefined : toRun(row);
}

/** @throws {CallsheetError} `RUN_UNKNOWN` (usage). */
export async function requireRun(reader: Reader, id: string): Promise<Run> {
  const run = await findRun(reader, id);
  if (run !== undefined) return run;
  throw usageError(
    'RUN_UNKNOWN',
    `There is no run “${id}” in this sheet. Nothing was changed.`,
    'See the runs: callsheet sql "SELECT id, state, goal FROM runs"',
  );
}

/** Every run, oldest first. */
export async function findRuns(reader: Reader): Promise<Run[]> {
  return (await reader.all(selectRuns())).map(toRun);
}

/** The newest run in one of the states. */
export async function newestRun(
  reader: Reader,
  states: readonly RunState[] = RUN_STATES,
): Promise<Run | undefined> {
  const row = await reader.get(selectNewestRun(states));
  return row === undefined ? undefined : toRun(row);
}

export function toRun(row: Row): Run {
  return defined({
    id: textOf(row, 'id'),
    goal: optionalText(row, 'goal'),
    approach: optionalText(row, 'approach'),
    state: oneOf(row, 'state', RUN_STATES),
    reason: optionalText(row, 'reason'),
    baseCommit: textOf(row, 'base_commit'),
    baseBranch: textOf(row, 'base_branch'),
    options: jsonOf(row, 'options') as RunOptions,
    baseGate: oneOf(row, 'base_gate', ['none', 'green', 'red', 'flaky']),
    epoch: numberOf(row, 'epoch'),
    enginePid: optionalNumber(row, 'engine_pid'),
    enginePidStartedAt: optionalText(row, 'engine_pid_started_at'),
    landedInto: optionalText(row, 'landed_into'),
    createdAt: numberOf(row, 'created_ms'),
    endedAt: optionalNumber(row, 'ended_ms'),
  });
}
