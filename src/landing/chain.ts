import type { CommitId, FileConflict, TreeId } from '../git/index.js';
import { requireTask } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import type { Landing } from './landing.js';
import { landingMessage } from './message.js';

/** One landing merged onto what is before it. */
export interface Link {
  landing: Landing;
  commit: CommitId;
  tree: TreeId;
  /** Its own gate besides the run's. */
  gate: string | undefined;
}

export interface Chain {
  links: Link[];
  /** Does not merge onto the integration head itself: goes back to a worker. */
  conflicted: { landing: Landing; conflicts: FileConflict[] }[];
}

/**
 * Merges landings one after another onto the head, as one commit each. One that conflicts only with another of
 * the same chain is left out and stays in the queue: it is told which work it conflicts with once that has landed.
 */
export async function mergeChain(site: Site, head: CommitId, landings: Landing[], cwd: string): Promise<Chain> {
  const chain: Chain = { links: [], conflicted: [] };
  let tip = head;
  for (const landing of landings) {
    const merged = await site.repository.merge(tip, landing.headCommit, { cwd });
    if (merged.clean) {
      const task = await requireTask(site.store, landing.taskId);
      const message = landingMessage(site.run.id, landing, task.title);
      tip = await site.repository.commitTree({ tree: merged.tree, parents: [tip, landing.headCommit], message });
      chain.links.push({ landing, commit: tip, tree: merged.tree, gate: task.gate });
      continue;
    }
    const alone = tip === head ? merged : await site.repository.merge(head, landing.headCommit, { cwd });
    if (!alone.clean) chain.conflicted.push({ landing, conflicts: alone.conflicts });
  }
  return chain;
}
