import type { Context } from '../operation.js';
import { makersOf, writeDocument } from './describe-write.js';
import { writeFilterOf, type UndoFilter } from './selection.js';

/**
 * The writes whose change is not in the file any more because another session's later write took it away, each with
 * that: the content before it has the change.
 * @throws {CallsheetError} `TASK_UNKNOWN`, `AGENT_UNKNOWN` (usage).
 */
export async function listLost({ sheet }: Context, filter: UndoFilter) {
  const { store, folder, commonDir } = sheet;
  // Loaded only here: every command would pay for it at its start.
  const { findLost } = await import('../../guard/index.js');
  const guard = { store, sheetFolder: folder, commonDir };
  const { lost, unknown, isCut } = await findLost(guard, await writeFilterOf(store, filter));
  const names = await makersOf(store, ...lost.flatMap(({ write, by }) => [write, by]));
  return {
    kind: 'lost' as const,
    lost: lost.map(({ write, by }) => ({
      ...writeDocument(write, names),
      lostBy: writeDocument(by, names),
    })),
    unknown,
    ...(isCut ? { isCut } : {}),
  };
}
