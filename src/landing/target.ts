import { appendEvent } from '../event/index.js';
import type { Evidence } from '../gate/index.js';
import { retryVanished, type CommitId, type FileConflict } from '../git/index.js';
import type { Site } from '../workspace/index.js';
import { integrationHead, moveIntegration } from './head.js';
import type { Lane } from './lane.js';
import { TRAILERS } from './message.js';
import { proveSingle } from './prove.js';

export type TargetMerge =
  | { kind: 'up-to-date'; head: CommitId }
  | { kind: 'merged'; head: CommitId }
  | { kind: 'unrelated' }
  | { kind: 'rewritten'; base: CommitId }
  | { kind: 'conflict'; conflicts: FileConflict[] }
  | { kind: 'red'; evidence: Evidence }
  | { kind: 'moved' };

/**
 * Merges a branch that has moved (the person's) into the run's integration branch, through the gate like any
 * landing. Nothing moves when it conflicts or the gate is red.
 * @throws {CallsheetError} `INTEGRATION_GONE`. @throws {GateAborted} when `signal` fires while the gate runs.
 */
export async function mergeTarget(
  site: Site,
  lane: Lane,
  target: CommitId,
  name: string,
  signal?: AbortSignal,
): Promise<TargetMerge> {
  return retryVanished(() => mergeOnce(site, lane, target, name, signal));
}

async function mergeOnce(
  site: Site,
  lane: Lane,
  target: CommitId,
  name: string,
  signal: AbortSignal | undefined,
): Promise<TargetMerge> {
  const head = await integrationHead(site);
  const base = await lostBase(site, name, target);
  if (base === undefined && (await site.repository.isAncestor(target, head)))
    return { kind: 'up-to-date', head };
  if ((await site.repository.mergeBase(head, target)) === undefined) return { kind: 'unrelated' };
  if (base !== undefined) return { kind: 'rewritten', base };
  const merged = await site.repository.merge(head, target, { cwd: await lane.forMerging(head) });
  if (!merged.clean) return { kind: 'conflict', conflicts: merged.conflicts };
  const message = `Merge ${name} into ${site.run.id}\n\n${TRAILERS.run}: ${site.run.id}\n`;
  const commit = await site.repository.commitTree({ tree: merged.tree, parents: [head, target], message });
  const { gate } = site.run.options;
  if (gate !== undefined) {
    const proof = await proveSingle({ site, lane, signal, red: [] }, head, commit, gate);
    if (!proof.isLandable) return { kind: 'red', evidence: proof.evidence };
  }
  if (!(await moveIntegration(site, commit, head))) return { kind: 'moved' };
  await site.store.transaction((tx) =>
    appendEvent(tx, { type: 'target.merged', runId: site.run.id, data: { branch: name, target, commit } }),
  );
  return { kind: 'merged', head: commit };
}

/**
 * Where the run began on the branch, when the branch does not have that any more: somebody has taken commits back, or
 * written them anew. The run's work is built on them, and merged with it they would come back unasked.
 */
async function lostBase(
  { repository, run }: Site,
  branch: string,
  target: CommitId,
): Promise<CommitId | undefined> {
  if (branch !== run.baseBranch) return undefined;
  const base = run.options.baseHead ?? run.baseCommit;
  return base === target || (await repository.isAncestor(base, target)) ? undefined : base;
}
