import { appendEvent } from '../event/index.js';
import type { Evidence } from '../gate/index.js';
import type { CommitId, FileConflict } from '../git/index.js';
import type { Site } from '../workspace/index.js';
import { integrationHead, moveIntegration } from './head.js';
import type { Lane } from './lane.js';
import { TRAILERS } from './message.js';
import { proveSingle } from './prove.js';

export type TargetMerge =
  | { kind: 'up-to-date'; head: CommitId }
  | { kind: 'merged'; head: CommitId }
  | { kind: 'unrelated' }
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
  const head = await integrationHead(site);
  if (await site.repository.isAncestor(target, head)) return { kind: 'up-to-date', head };
  if ((await site.repository.mergeBase(head, target)) === undefined) return { kind: 'unrelated' };
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
