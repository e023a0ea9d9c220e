import {
  booleanOf,
  defined,
  numberOf,
  oneOf,
  optionalJson,
  optionalNumber,
  optionalText,
  textListOf,
  textOf,
  type Row,
} from '../store/index.js';
import { TASK_KINDS, TASK_STATES, type Task, type TaskResult } from './task.js';

/** Maps a row of `task` (with `after`) and refuses one it does not understand. */
export function toTask(row: Row): Task {
  return defined({
    id: textOf(row, 'id'),
    seq: numberOf(row, 'seq'),
    runId: optionalText(row, 'run_id'),
    planKey: optionalText(row, 'plan_key'),
    title: textOf(row, 'title'),
    spec: textOf(row, 'spec'),
    kind: oneOf(row, 'kind', TASK_KINDS),
    state: oneOf(row, 'state', TASK_STATES),
    priority: numberOf(row, 'priority'),
    files: textListOf(row, 'files'),
    after: optionalText(row, 'after')?.split(' ') ?? [],
    exclusive: booleanOf(row, 'exclusive'),
    resources: textListOf(row, 'resources'),
    speciality: optionalText(row, 'speciality'),
    assignee: optionalText(row, 'assignee'),
    model: optionalText(row, 'model'),
    parent: optionalText(row, 'parent_id'),
    reviews: optionalText(row, 'reviews'),
    isGroup: booleanOf(row, 'is_group'),
    gate: optionalText(row, 'gate'),
    timeoutMs: optionalNumber(row, 'timeout_ms'),
    outputSchema: optionalJson(row, 'output_schema'),
    ...progressOf(row),
  });
}

function progressOf(row: Row) {
  return {
    attempt: numberOf(row, 'attempt'),
    failures: numberOf(row, 'failures'),
    maxAttempts: numberOf(row, 'max_attempts'),
    estimateMs: optionalNumber(row, 'estimate_ms'),
    pathMs: numberOf(row, 'path_ms'),
    runAfter: numberOf(row, 'run_after_ms'),
    claimedBy: optionalText(row, 'claimed_by'),
    leaseExpiresAt: optionalNumber(row, 'lease_expires_ms'),
    leaseMs: optionalNumber(row, 'lease_ms'),
    reason: optionalText(row, 'reason'),
    result: optionalJson(row, 'result') as TaskResult | undefined,
    landedAs: optionalText(row, 'landed_as'),
    createdAt: numberOf(row, 'created_ms'),
    startedAt: optionalNumber(row, 'started_ms'),
    endedAt: optionalNumber(row, 'ended_ms'),
  };
}
