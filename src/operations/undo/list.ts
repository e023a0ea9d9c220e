import { findSnapshots } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import { requireTask } from '../../task/index.js';
import { findWrites } from '../../write/index.js';
import { namesOf, requireAgent } from '../names.js';
import type { Context } from '../operation.js';
import { snapshotDocument } from './describe.js';
import { writeDocument } from './describe-write.js';

const MOST_WRITES = 20;

export interface UndoFilter {
  agent?: string;
  task?: string;
  file: readonly string[];
  /** Not older than this, in ms. */
  since?: number;
}

/**
 * The snapshots, and the newest writes. A snapshot is of a whole workspace, whoever wrote there: none is listed when
 * one agent or file is asked for.
 * @throws {CallsheetError} `TASK_UNKNOWN`, `AGENT_UNKNOWN` (usage).
 */
export async function listAll({ sheet: { store } }: Context, { agent, task, file, since }: UndoFilter) {
  if (task !== undefined) await requireTask(store, task);
  const agentId = agent === undefined ? undefined : (await requireAgent(store, agent)).id;
  const sinceMs = since === undefined ? undefined : store.clock.now() - since;
  const both = defined({ taskId: task, sinceMs });
  const isOfWrites = agent !== undefined || file.length > 0;
  const snapshots = isOfWrites ? [] : await findSnapshots(store, both);
  const filter = { ...both, ...defined({ agentId }), paths: file, newest: MOST_WRITES + 1 };
  const found = await findWrites(store, filter);
  const writes = found.slice(-MOST_WRITES);
  const names = await namesOf(
    store,
    writes.map((write) => write.agentId),
  );
  return {
    kind: 'list' as const,
    snapshots: snapshots.map(snapshotDocument),
    writes: writes.map((write) => writeDocument(write, names)),
    ...(found.length > MOST_WRITES ? { isCut: true } : {}),
  };
}
