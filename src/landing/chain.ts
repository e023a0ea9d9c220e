import type { CommitId, FileConflict, MergeResult, TreeId } from '../git/index.js';
import { requireTask } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { isOfTask, type Landing } from './landing.js';
import { landingMessage } from './message.js';

/** One landing merged onto what is before it. */
export interface Link {
  landing: Landing;
  /** What it was merged onto: the integration head, or the link before. */
  onto: CommitId;
  commit: CommitId;
  tree: TreeId;
  /** Its own gate besides the run's. */
  gate: string | undefined;
}

export interface Chain {
  links: Link[];
  /** Does not merge onto the integration head itself: goes back to a worker. */
  conflicted: { landing: Landing; conflicts: FileConflict[] }[];
  /** Has no commit in common with the integration branch: there is nothing to merge it from. */
  unrelated: Landing[];
}

/**
 * Merges landings one after another onto the head, as one commit each. One that conflicts only with another of
 * the same chain is left out and stays in the queue: it is told which work it conflicts with once that has landed.
 */
export async function mergeChain(
  site: Site,
  head: CommitId,
  landings: Landing[],
  cwd: string,
): Promise<Chain> {
  const chain: Chain = { links: [], conflicted: [], unrelated: [] };
  let onto = head;
  for (const landing of landings) {
    const merged = await mergeRelated(site, onto, landing, cwd);
    if (merged === 'unrelated') {
      chain.unrelated.push(landing);
      continue;
    }
    if (merged.clean) {
      const task = isOfTask(landing) ? await requireTask(site.store, landing.taskId) : undefined;
      const message = landingMessage(site.run.id, landing, task?.title);
      const commit = await site.repository.commitTree({
        tree: merged.tree,
        parents: [onto, landing.headCommit],
        message,
      });
      chain.links.push({ landing, onto, commit, tree: merged.tree, gate: task?.gate });
      onto = commit;
      continue;
    }
    const alone = onto === head ? merged : await site.repository.merge(head, landing.headCommit, { cwd });
    if (!alone.clean) chain.conflicted.push({ landing, conflicts: alone.conflicts });
  }
  return chain;
}

/** git merges no commits that have nothing in common; only then it is asked whether that is what failed. */
async function mergeRelated(
  { repository }: Site,
  onto: CommitId,
  { headCommit }: Landing,
  cwd: string,
): Promise<MergeResult | 'unrelated'> {
  try {
    return await repository.merge(onto, headCommit, { cwd });
  } catch (error) {
    if ((await repository.mergeBase(onto, headCommit)) === undefined) return 'unrelated';
    throw error;
  }
}
