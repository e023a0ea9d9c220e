import { wasGreen, type Suspect } from '../gate/index.js';
import type { CommitId, CommitInfo } from '../git/index.js';
import { defined } from '../store/index.js';
import type { Site } from '../workspace/index.js';
import { findLandings } from './landing.js';
import { TRAILERS } from './message.js';

/** Of more nobody could be said to be it. */
const MOST_COMMITS = 50;

/**
 * What came in between the newest commit on which a gate was green and the one on which it is red, as git has it: what
 * has landed, and what is under test. Nothing when the gate was never seen to be green before it.
 */
export async function suspectsSince(site: Site, commit: CommitId, gate: string): Promise<Suspect[]> {
  const { repository, run, store } = site;
  const commits = await repository.firstParentLog(run.baseCommit, commit);
  const since: CommitInfo[] = [];
  for (const each of commits.reverse()) {
    if (each.commit !== commit && (await wasGreen(store, each.tree, gate))) return suspects(site, since);
    since.push(each);
    if (since.length > MOST_COMMITS) return [];
  }
  return (await wasBaseGreen(site, gate)) ? suspects(site, since) : [];
}

async function wasBaseGreen({ repository, run, store, into }: Site, gate: string): Promise<boolean> {
  if (into === undefined && gate === run.options.gate && run.baseGate === 'green') return true;
  return wasGreen(store, await repository.treeOf(run.baseCommit), gate);
}

async function suspects(site: Site, commits: readonly CommitInfo[]): Promise<Suspect[]> {
  const found: Suspect[] = [];
  for (const { commit, parents, trailers } of commits) {
    const [task, attempt] = [trailers[TRAILERS.task], Number(trailers[TRAILERS.attempt])];
    const isAttempt = task !== undefined && Number.isSafeInteger(attempt);
    const [landing] = isAttempt ? await findLandings(site.store, { taskId: task, attempt }) : [];
    found.push({
      ...defined({ task, attempt: isAttempt ? attempt : undefined }),
      commit,
      paths: landing?.paths ?? (await changedBy(site, parents[0], commit)),
    });
  }
  return found;
}

async function changedBy(site: Site, parent: CommitId | undefined, commit: CommitId): Promise<string[]> {
  if (parent === undefined) return [];
  return (await site.repository.changedPaths(parent, commit)).map(({ path }) => path);
}
