import { findSnapshots } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import { findWrites, type Write } from '../../write/index.js';
import type { Context } from '../operation.js';
import { snapshotDocument } from './describe.js';
import { makersOf, writeDocument } from './describe-write.js';
import { byFile, isFiltered, isUnsure, writeFilterOf, type UndoFilter } from './selection.js';

const MOST_WRITES = 20;

/**
 * The snapshots, and the newest writes. A snapshot is of a whole workspace, whoever wrote there: none is listed when
 * one agent or file is asked for. Of a selection it is said how much there is in all: `--back` takes back all of it.
 * @throws {CallsheetError} `TASK_UNKNOWN`, `AGENT_UNKNOWN` (usage).
 */
export async function listAll({ sheet: { store } }: Context, filter: UndoFilter) {
  const ofWrites = await writeFilterOf(store, filter);
  const { taskId, sinceMs } = ofWrites;
  const isOfWrites = filter.agent !== undefined || filter.file.length > 0;
  const snapshots = isOfWrites ? [] : await findSnapshots(store, defined({ taskId, sinceMs }));
  const isSelection = isFiltered(filter);
  const found = await findWrites(store, isSelection ? ofWrites : { ...ofWrites, newest: MOST_WRITES + 1 });
  const writes = found.slice(-MOST_WRITES);
  const names = await makersOf(store, ...writes);
  return {
    kind: 'list' as const,
    snapshots: snapshots.map(snapshotDocument),
    writes: writes.map((write) => writeDocument(write, names)),
    ...(found.length > MOST_WRITES ? { isCut: true } : {}),
    ...(isSelection ? { selected: countOf(filter, found) } : {}),
  };
}

function countOf(filter: UndoFilter, found: readonly Write[]) {
  const unsure = found.filter((write) => isUnsure(filter, write)).length;
  return { writes: found.length, files: byFile(found).length, unsure };
}
