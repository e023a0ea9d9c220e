import { appendEvent } from '../event/index.js';
import type { CommitId, FileConflict } from '../git/index.js';
import { integrationRef } from '../run/index.js';
import type { Evidence } from '../gate/index.js';
import type { Site } from '../workspace/index.js';
import { proveTwice } from './gate.js';
import type { Lane } from './lane.js';
import { TRAILERS } from './message.js';

export type TargetMerge =
  | { kind: 'up-to-date'; head: CommitId }
  | { kind: 'merged'; head: CommitId }
  | { kind: 'conflict'; conflicts: FileConflict[] }
  | { kind: 'red'; evidence: Evidence }
  | { kind: 'moved' };

/**
 * Merges a branch that has moved (the person's) into the run's integration branch, through the gate like any
 * landing. Nothing moves when it conflicts or the gate is red.
 */
export async function mergeTarget(site: Site, lane: Lane, target: CommitId, name: string, signal?: AbortSignal): Promise<TargetMerge> {
  const ref = integrationRef(site.run.id);
  const head = (await site.repository.resolve(ref)) ?? site.run.baseCommit;
  if (await site.repository.isAncestor(target, head)) return { kind: 'up-to-date', head };
  const merged = await site.repository.merge(head, target, { cwd: await lane.forMerging(head) });
  if (!merged.clean) return { kind: 'conflict', conflicts: merged.conflicts };
  const message = `Merge ${name} into ${site.run.id}\n\n${TRAILERS.run}: ${site.run.id}\n`;
  const commit = await site.repository.commitTree({ tree: merged.tree, parents: [head, target], message });
  const { gate } = site.run.options;
  if (gate !== undefined) {
    const evidence = await proveTwice(site, lane, commit, gate, signal);
    if (!evidence.isGreen && site.run.baseGate !== 'red') return { kind: 'red', evidence };
  }
  if (!(await site.repository.updateRef(ref, commit, head))) return { kind: 'moved' };
  await site.store.transaction((tx) =>
    appendEvent(tx, { type: 'target.merged', runId: site.run.id, data: { branch: name, target, commit } }),
  );
  return { kind: 'merged', head: commit };
}
