import { numberOf, type Reader, type Transaction } from '../store/index.js';
import { closeAttempt } from './attempt.js';
import { backoffMs } from './backoff.js';
import { refuse, tryMove } from './move.js';
import { toTask } from './row.js';
import { extendLease, extendLeasesOf, selectLapsed } from './task.sql.js';
import type { Claim, Task } from './task.js';

/**
 * Extends a claim that still holds. A sign of life is state, not an event.
 * @param leaseMs Silence allowed from now, in milliseconds; never shortens the lease.
 * @returns When the lease now ends, in Unix milliseconds.
 * @throws {CallsheetError} `LEASE_LOST`.
 */
export async function heartbeat(tx: Transaction, claim: Claim, leaseMs: number): Promise<number> {
  const row = await tx.get(extendLease({ ...claim, expiresMs: tx.now + leaseMs }));
  return row === undefined ? refuse(tx, claim, 'renewed') : numberOf(row, 'lease_expires_ms');
}

/** Extends everything an agent holds, each by the lease that it was claimed for; by `leaseMs` where none is known. */
export async function renewClaimsOf(tx: Transaction, agentId: string, leaseMs: number): Promise<void> {
  await tx.run(extendLeasesOf(agentId, tx.now, leaseMs));
}

/** With `standAlone` only tasks of no run, with `runId` only those and this run's; else all. */
interface LapsedFilter {
  standAlone?: boolean;
  runId?: string;
}

/** Whether {@link reapLapsed} would take anything back: looking keeps nobody from writing. */
export async function hasLapsed(reader: Reader, nowMs: number, filter: LapsedFilter): Promise<boolean> {
  return (await reader.get(selectLapsed(nowMs, filter))) !== undefined;
}

/**
 * Takes back every running task whose lease has run out and offers it again, or fails it when its attempts are
 * used up: a task that takes its workers down must not go round for ever. An engine leaves those of other runs alone:
 * their engine may be slow, and knows its workers better.
 * @returns The tasks as they were while held, with the state each has now.
 */
export async function reapLapsed(
  tx: Transaction,
  filter: LapsedFilter = {},
): Promise<{ held: Task; now: Task }[]> {
  const reaped: { held: Task; now: Task }[] = [];
  for (const row of await tx.all(selectLapsed(tx.now, filter))) {
    const held = toTask(row);
    const reason = `attempt ${held.attempt} gave no sign of life until its lease ran out`;
    const failures = held.failures + 1;
    const claim = { taskId: held.id, attempt: held.attempt };
    await closeAttempt(tx, claim, 'lapsed', reason);
    const isLast = failures >= held.maxAttempts;
    const now = await tryMove(tx, {
      task: { id: held.id, attempt: held.attempt },
      to: isLast ? 'failed' : 'ready',
      event: 'lapsed',
      columns: {
        failures,
        reason,
        result: null,
        ...(isLast ? { ended_ms: tx.now } : { run_after_ms: tx.now + backoffMs(failures) }),
      },
      data: { heldBy: held.claimedBy, failures },
    });
    if (now !== undefined) reaped.push({ held, now });
  }
  return reaped;
}
