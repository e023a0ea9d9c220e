import { assert } from '../error/index.js';
import {
  booleanOf,
  defined,
  jsonOf,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  textOf,
  type Row,
} from '../store/index.js';
import { LOCK_STATES, type Lock } from './lock.js';
import { TARGET_KINDS, type Target } from './target.js';

/** Maps a row of `lock` (with `targets`) and refuses one it does not understand. */
export function toLock(row: Row): Lock {
  const targets = jsonOf(row, 'targets');
  assert(Array.isArray(targets), 'column targets holds a list');
  const pairs = targets as [string, string][];
  return defined({
    id: textOf(row, 'id'),
    seq: numberOf(row, 'seq'),
    state: oneOf(row, 'state', LOCK_STATES),
    agentId: textOf(row, 'agent_id'),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    runId: optionalText(row, 'run_id'),
    reason: optionalText(row, 'reason'),
    byHand: booleanOf(row, 'by_hand'),
    paths: pairs.filter(([kind]) => kind === 'path').map(([, value]) => value),
    resources: pairs.filter(([kind]) => kind === 'resource').map(([, value]) => value),
    ttlMs: numberOf(row, 'ttl_ms'),
    createdAt: numberOf(row, 'created_ms'),
    grantedAt: optionalNumber(row, 'granted_ms'),
    expiresAt: numberOf(row, 'expires_ms'),
    endedAt: optionalNumber(row, 'ended_ms'),
  });
}

/** One target of one open lock, as the index of live targets finds it. */
export interface Standing {
  lockId: string;
  seq: number;
  state: 'held' | 'queued';
  agentId: string;
  agentName: string;
  taskId?: string;
  attempt?: number;
  byHand: boolean;
  expiresAt: number;
  target: Target;
}

export function toStanding(row: Row): Standing {
  return defined({
    lockId: textOf(row, 'id'),
    seq: numberOf(row, 'seq'),
    state: oneOf(row, 'state', ['held', 'queued']),
    agentId: textOf(row, 'agent_id'),
    agentName: textOf(row, 'agent_name'),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    byHand: booleanOf(row, 'by_hand'),
    expiresAt: numberOf(row, 'expires_ms'),
    target: { kind: oneOf(row, 'kind', TARGET_KINDS), value: textOf(row, 'value') },
  });
}
