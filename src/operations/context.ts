import { personNamed } from '../agent/index.js';
import type { Repository } from '../git/index.js';
import { openRepository } from '../git/index.js';
import type { Sheet } from '../sheet/index.js';
import { defined } from '../store/index.js';
import { identify, type Caller } from './identity.js';
import type { Context } from './operation.js';
import { loggingRefusals } from './refused.js';

/** What a face brings along for its operations. */
export type Surroundings = Pick<Context, 'cwd' | 'env' | 'output' | 'say' | 'emit' | 'signal'> & {
  sheet: Sheet;
} & Omit<Caller, 'env'>;

/**
 * Finds out who asks and prepares what an operation works with.
 * @throws {CallsheetError} those of {@link identify}.
 */
export async function openContext(surroundings: Surroundings): Promise<Context> {
  const { sheet, as, pid, agent, ...rest } = surroundings;
  const { store } = sheet;
  const { env } = rest;
  const actor = await loggingRefusals(
    store,
    '--as',
    () => identify(store, { env, pid }),
    () => identify(store, { env, pid, ...defined({ as, agent }) }),
  );
  let repository: Promise<Repository> | undefined;
  return {
    ...rest,
    sheet,
    actor,
    repository: () => (repository ??= openRepository(rest.cwd)),
    async agentId() {
      actor.agentId ??= (await store.transaction((tx) => personNamed(tx, actor.name))).id;
      return actor.agentId;
    },
  };
}
