import type { GitContext } from './context.js';
import { objectId } from './object-id.js';
import type { ChangedPath, CommitId, CommitInfo, TreeId } from './repository.js';
import { gitLine, runGit } from './run-git.js';
import { treeChanges } from './tree-changes.js';

export function treeOf(cwd: string, commit: CommitId): Promise<TreeId> {
  return gitLine(cwd, ['rev-parse', '--verify', `${objectId(commit)}^{tree}`]);
}

export async function filesAt(cwd: string, commit: CommitId): Promise<string[]> {
  const { stdout } = await runGit(cwd, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    '--name-only',
    objectId(commit),
    '--',
  ]);
  return stdout.split('\0').filter((path) => path !== '');
}

export async function sizeOf(cwd: string, commit: CommitId): Promise<number> {
  const format = '--format=%(objectsize)';
  const { stdout } = await runGit(cwd, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    format,
    objectId(commit),
    '--',
  ]);
  return stdout.split('\0').reduce((total, size) => total + (Number(size) || 0), 0);
}

export async function isAncestor(cwd: string, ancestor: CommitId, descendant: CommitId): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', objectId(ancestor), objectId(descendant)];
  return (await runGit(cwd, args, { okExitCodes: [0, 1] })).exitCode === 0;
}

export async function mergeBase(cwd: string, one: CommitId, other: CommitId): Promise<CommitId | undefined> {
  const base = await gitLine(cwd, ['merge-base', objectId(one), objectId(other)], { okExitCodes: [0, 1] });
  return base === '' ? undefined : base;
}

const CHANGES: Record<string, ChangedPath['change']> = { A: 'added', D: 'deleted' };

export async function changedPaths(
  context: Pick<GitContext, 'root' | 'diffs'>,
  from: CommitId,
  to: CommitId,
): Promise<ChangedPath[]> {
  const changes = await treeChanges(context, from, to);
  return changes.map(({ path, status }) => ({ path, change: CHANGES[status] ?? 'modified' }));
}

/** A diff for reading. Plumbing (`diff-tree`), because `git diff` follows the user's `diff.*` settings. */
export async function diff(
  cwd: string,
  from: CommitId,
  to: CommitId,
  { paths = [], maxChars }: { paths?: string[]; maxChars?: number } = {},
): Promise<string> {
  const options = ['-r', '-p', '--find-renames', '--no-ext-diff', '--no-textconv', '--no-color'];
  const args = ['diff-tree', ...options, objectId(from), objectId(to), '--', ...paths];
  if (maxChars === undefined) return (await runGit(cwd, args)).stdout;
  // No character takes more than 3 bytes per UTF-16 unit, so this many bytes hold at least `maxChars` of them.
  const { stdout } = await runGit(cwd, args, { maxBytes: maxChars * 3 + 4, overflow: 'cut' });
  return cutAt(stdout, maxChars);
}

function cutAt(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const mark = `\n… cut at ${maxChars} characters …\n`;
  return (text.slice(0, Math.max(0, maxChars - mark.length)).toWellFormed() + mark).slice(0, maxChars);
}

export const TRAILERS_OF = '%(trailers:only,unfold)';
const LOG_FIELDS = ['%H', '%P', '%T', '%s', TRAILERS_OF];

export async function firstParentLog(cwd: string, from: CommitId, to: CommitId): Promise<CommitInfo[]> {
  const format = `--format=tformat:${LOG_FIELDS.join('%x00')}`;
  const range = `${objectId(from)}..${objectId(to)}`;
  const { stdout } = await runGit(cwd, ['log', '-z', '--first-parent', '--reverse', format, range, '--']);
  const fields = stdout.split('\0');
  const commits: CommitInfo[] = [];
  for (let at = 0; at + LOG_FIELDS.length <= fields.length; at += LOG_FIELDS.length) {
    const [commit = '', parents = '', tree = '', subject = '', trailers = ''] = fields.slice(
      at,
      at + LOG_FIELDS.length,
    );
    commits.push({
      commit,
      parents: parents.split(' ').filter(Boolean),
      tree,
      subject,
      trailers: parseTrailers(trailers),
    });
  }
  return commits;
}

/** Reads `Name: value` lines; the last of a name wins. */
export function parseTrailers(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const match = /^([^\s:]+)\s*:\s*(.*)$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
  });
  return Object.fromEntries(pairs);
}

export async function commitTree(
  context: GitContext,
  commit: { tree: TreeId; parents: CommitId[]; message: string },
): Promise<CommitId> {
  const parents = commit.parents.flatMap((parent) => ['-p', objectId(parent)]);
  const args = ['commit-tree', objectId(commit.tree), ...parents, '-F', '-'];
  return gitLine(context.root, args, { input: commit.message, env: await context.identity() });
}
