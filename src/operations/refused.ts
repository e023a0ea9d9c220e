import { CallsheetError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { defined, type Store } from '../store/index.js';
import type { Actor } from './operation.js';

/** Refusals that mean: whoever asked has no right to it. Each stands in the log. */
const OVERREACHING: ReadonlySet<string> = new Set(['NOT_ALLOWED', 'AS_REFUSED', 'LOCK_NOT_YOURS']);

/**
 * Does something for somebody; when that is refused because they have no right to it, the attempt is in the log.
 * @param operation What was asked for: an operation, or `--as`.
 */
export async function loggingRefusals<T>(
  store: Store,
  operation: string,
  whoAsks: () => Promise<Actor> | Actor,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CallsheetError && OVERREACHING.has(error.code)) {
      const { agentId, name, role } = await whoAsks();
      const data = { operation, name, role, reason: error.message.slice(0, 300) };
      await store.transaction((tx) =>
        appendEvent(tx, { type: 'operation.refused', ...defined({ agentId }), data }),
      );
    }
    throw error;
  }
}
