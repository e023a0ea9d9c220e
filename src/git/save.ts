import type { GitContext } from './context.js';
import { keptIgnored } from './kept-ignored.js';
import { ownRepositories } from './own-repositories.js';
import { pathsToStage, toRaw, toText, type RawPath, type RawStatus } from './parse-status.js';
import type { SavedWorkspace } from './repository.js';
import { gitLine, runGit } from './run-git.js';
import { stageAnew, stageWhatCan, type Refused } from './stage.js';
import { withTemporaryIndex, type TemporaryIndex } from './temporary-index.js';
import { splitBySize } from './file-sizes.js';
import { readStatus } from './workspace.js';

const MAX_UNTRACKED_BYTES = 5 * 1024 * 1024;

/**
 * Saves a workspace as a commit on top of its HEAD, from an index of our own: neither the workspace's index nor
 * its files are touched, whatever state they are in.
 */
export function saveWorkspace(
  context: GitContext,
  workspace: string,
  options: { message: string; keep?: string[]; files?: readonly string[] },
): Promise<SavedWorkspace> {
  const files = new Set((options.files ?? []).map(toRaw));
  const isOther = (path: RawPath): boolean => !files.has(path);
  return withTemporaryIndex(context, workspace, async (index) => {
    const status = await changesIn(workspace, index);
    const untracked = [...status.untracked, ...(await keptIgnored(workspace, options.keep ?? []))];
    const { small, large } = await splitBySize(workspace, untracked.filter(isOther), MAX_UNTRACKED_BYTES);
    const changed = pathsToStage({ ...status, untracked: small }).filter(isOther);
    const refused = await stageWhatCan(workspace, changed, index.env);
    await forgetUnmerged(workspace, status, refused, index);
    refused.push(...(await stageAnew(workspace, [...files], index.env)));
    const own = await ownRepositories(workspace, index.located, index.env);
    const tree = await gitLine(workspace, ['write-tree'], { env: index.env });
    const commit = await commitOnHead(context, workspace, status.head, tree, options.message);
    return { commit, tree, leftOut: shown([...refused, ...large, ...nestedIn(status, own)]) };
  });
}

/** An unmerged path that could not be staged would keep git from writing a tree; the snapshot goes without it. */
async function forgetUnmerged(
  workspace: string,
  { tracked }: RawStatus,
  refused: Refused[],
  index: TemporaryIndex,
): Promise<void> {
  const unmerged = tracked.filter(
    ({ isUnmerged, path }) => isUnmerged && refused.some((one) => one.path === path),
  );
  if (unmerged.length === 0) return;
  const input = Buffer.from(unmerged.map(({ path }) => `${path}\0`).join(''), 'latin1');
  await runGit(workspace, ['update-index', '--force-remove', '-z', '--stdin'], { env: index.env, input });
}

async function changesIn(workspace: string, index: TemporaryIndex): Promise<RawStatus> {
  const status = await readStatus(workspace, index.env);
  if (!index.isUnpopulated) return status;
  return { ...status, tracked: status.tracked.filter(({ change }) => change !== 'deleted') };
}

async function commitOnHead(
  context: GitContext,
  workspace: string,
  head: string | undefined,
  tree: string,
  message: string,
): Promise<string> {
  const parent = head === undefined ? [] : ['-p', head];
  const args = ['commit-tree', tree, ...parent, '-F', '-'];
  return gitLine(workspace, args, { input: message, env: await context.identity() });
}

function nestedIn({ nested, tracked }: RawStatus, own: RawPath[]): Refused[] {
  const submodules = tracked.filter(({ hasInnerChanges, path }) => hasInnerChanges && !own.includes(path));
  return [
    ...[...nested, ...own].map((path) => ({ path, reason: 'a nested repository' })),
    ...submodules.map(({ path }) => ({ path, reason: 'changes inside a submodule' })),
  ];
}

function shown(refused: Refused[]): SavedWorkspace['leftOut'] {
  return refused.map(({ path, reason }) => ({ path: toText(path), reason }));
}
