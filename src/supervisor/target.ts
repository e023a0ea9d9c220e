import { appendEvent } from '../event/index.js';
import { howItEnded, mergeTarget, type Lane, type TargetMerge } from '../landing/index.js';
import type { Site } from '../workspace/index.js';
import { shownNames } from '../text/index.js';

/** Watches the branch that the run is meant for. */
export interface TargetFollower {
  /** Whether it has moved since it was looked at last. */
  isAhead: () => Promise<boolean>;
  /** Merges it in; true when the integration branch has moved for it. */
  follow: () => Promise<boolean>;
}

/** What could not be merged is said once and not tried again until the branch moves further. */
export function targetFollower(site: Site, lane: Lane, signal: AbortSignal): TargetFollower {
  const branch = site.run.options.into ?? site.run.baseBranch;
  let tried: string | undefined;
  const newTarget = async (): Promise<string | undefined> => {
    const target = await site.repository.resolve(`refs/heads/${branch}`);
    return target === tried || target === site.run.baseCommit ? undefined : target;
  };
  return {
    isAhead: async () => (await newTarget()) !== undefined,
    async follow() {
      const target = await newTarget();
      if (target === undefined) return false;
      const merge = await mergeTarget(site, lane, target, branch, signal);
      if (merge.kind === 'merged' || merge.kind === 'moved') return true;
      tried = target;
      const reason = whyNot(merge);
      if (reason !== undefined) {
        const data = { branch, target, reason };
        await site.store.transaction((tx) =>
          appendEvent(tx, { type: 'target.held', runId: site.run.id, data }),
        );
      }
      return false;
    },
  };
}

function whyNot(merge: TargetMerge): string | undefined {
  if (merge.kind === 'conflict')
    return `conflicts in ${shownNames(merge.conflicts.map((each) => each.path))}`;
  if (merge.kind === 'unrelated') return 'has no commit in common with the run';
  if (merge.kind === 'rewritten')
    return `does not have ${merge.base.slice(0, 10)} any more, where the run began: it was reset or rewritten`;
  if (merge.kind === 'red') return `merged with it the gate ${howItEnded(merge.evidence)}`;
  return undefined;
}
