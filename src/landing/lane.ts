import type { CommitId } from '../git/index.js';
import {
  keepUnderTest,
  openGateWorkspace,
  prepareWorkspace,
  removeGateWorkspace,
  type Site,
  type Workspace,
} from '../workspace/index.js';

/** The one warm workspace in which a run merges and runs its gates, one after another. */
export interface Lane {
  /** The folder to merge in: git takes the attributes that decide how files merge from the working directory. */
  forMerging(head: CommitId): Promise<string>;
  /** The workspace at a commit, prepared, as clean as a new one but for ignored files. */
  forGate(commit: CommitId, signal?: AbortSignal): Promise<Workspace>;
  close(): Promise<void>;
}

const NUMBER = 1;

export function openLane(site: Site): Lane {
  let open: { workspace: Workspace; at: CommitId; isUsed: boolean } | undefined;
  const moveTo = async (commit: CommitId, isUsed: boolean): Promise<Workspace> => {
    const workspace = await openGateWorkspace(site, NUMBER, commit);
    open = { workspace, at: commit, isUsed };
    return workspace;
  };
  return {
    async forMerging(head) {
      // What a gate has left behind may have attributes of its own.
      const isFit = open !== undefined && !open.isUsed && !(await attributesDiffer(site, open.at, head));
      return isFit && open !== undefined ? open.workspace.path : (await moveTo(head, false)).path;
    },
    async forGate(commit, signal) {
      const workspace = await moveTo(commit, true);
      await keepUnderTest(site, commit);
      return prepareWorkspace(site, workspace, commit, signal);
    },
    async close() {
      if (open !== undefined) await removeGateWorkspace(site, open.workspace);
      open = undefined;
    },
  };
}

async function attributesDiffer(site: Site, at: CommitId, head: CommitId): Promise<boolean> {
  if (at === head) return false;
  const changed = await site.repository.changedPaths(at, head);
  return changed.some((each) => each.path === '.gitattributes' || each.path.endsWith('/.gitattributes'));
}
