import { CallsheetError, usageError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { numberOf, textOf, type Reader, type Transaction } from '../store/index.js';
import { agentsOf, capacityOf, standingOn } from './blockage.js';
import { findCircle } from './deadlock.js';
import { selectResources, setCapacity } from './lock.sql.js';
import { settleQueue } from './queue.js';
import { requireResourceName } from './target.js';

/**
 * Says how many agents may hold a resource at a time; one that nobody declared has a capacity of 1. Raising it
 * grants what waits; lowering it takes nothing from those who hold it.
 * @throws {CallsheetError} `LOCK_INVALID` (usage), `LOCK_DEADLOCK` when those who wait could then never finish.
 */
export async function declareResource(tx: Transaction, name: string, capacity: number): Promise<void> {
  requireResourceName(name);
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw usageError(
      'LOCK_INVALID',
      `${name} cannot have a capacity of ${capacity}. Nothing was changed.`,
      'Give a whole number from 1.',
    );
  }
  const before = await capacityOf(tx, name);
  await tx.run(setCapacity(name, capacity));
  if (before === capacity) return;
  await refuseStuck(tx, name, before);
  await appendEvent(tx, { type: 'resource.declared', data: { name, capacity, before } });
  await settleQueue(tx, [], [{ kind: 'resource', value: name }]);
}

async function refuseStuck(tx: Transaction, name: string, before: number): Promise<void> {
  for (const agentId of agentsOf(await standingOn(tx, { kind: 'resource', value: name }))) {
    if ((await findCircle(tx, agentId)) === undefined) continue;
    await tx.run(setCapacity(name, before));
    throw new CallsheetError(
      'LOCK_DEADLOCK',
      `With less of ${name}, agents that wait for it could never finish. Its capacity stays ${before}.`,
      {
        hint: 'Try again when they have finished: callsheet lock list',
      },
    );
  }
}

/** The declared resources with their capacities. */
export async function findResources(reader: Reader): Promise<{ name: string; capacity: number }[]> {
  const rows = await reader.all(selectResources());
  return rows.map((row) => ({ name: textOf(row, 'name'), capacity: numberOf(row, 'capacity') }));
}
