import type { CommitId } from '../git/index.js';
import type { Site } from './site.js';

function underTestRef(runId: string): string {
  return `refs/callsheet/landing/${runId}`;
}

/**
 * Keeps what a gate tests reachable: no branch has it yet, a gate can take the HEAD of its workspace elsewhere, and
 * somebody may collect garbage meanwhile. One commit a run; its workspace's removal drops it.
 */
export async function keepUnderTest(
  { repository, run }: Pick<Site, 'repository' | 'run'>,
  commit: CommitId,
): Promise<void> {
  const ref = underTestRef(run.id);
  const before = await repository.resolve(ref);
  if (before !== commit) await repository.updateRef(ref, commit, before);
}

export async function dropUnderTest({ repository }: Pick<Site, 'repository'>, runId: string): Promise<void> {
  const ref = underTestRef(runId);
  const kept = await repository.resolve(ref);
  if (kept !== undefined) await repository.deleteRef(ref, kept);
}
