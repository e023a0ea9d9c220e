import type { Transaction } from '../store/index.js';
import { tasksHeldBy, writesNothing } from '../task/index.js';
import { findWorkspace } from '../workspace/index.js';
import { shownPath } from './refusal.js';

/** Why an agent has no business with a file at all: whatever it has seen of it. */
export async function notYours(
  tx: Transaction,
  agentId: string,
  { checkout, path }: { checkout: string; path: string },
): Promise<string | undefined> {
  for (const task of await tasksHeldBy(tx, agentId)) {
    if (writesNothing(task.kind))
      return `callsheet: not written. Task ${task.id}, which you hold, is of the kind ${task.kind}: it writes no files. Say what you have found: callsheet task complete, callsheet note add.`;
  }
  const workspace = await findWorkspace(tx, checkout);
  if (workspace === undefined) return undefined;
  return `callsheet: not written. ${shownPath(path)} is in a workspace of ${workspace.runId}, in which another agent works. Its work lands by itself.`;
}
