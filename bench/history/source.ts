import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { callGit, git } from '../support/git.js';
import { UsageError } from '../support/usage-error.js';

/** The repository whose history is replayed. It is only read. */
export interface Source {
  /** Where git answers questions about it: its common directory. */
  gitDir: string;
  objects: string;
  objectFormat: string;
  name: string;
  head: string;
  /** Where it was cloned from, when that is a public address. */
  origin: string | undefined;
}

/** @throws {UsageError} when it is no repository, or one that does not have its whole history. */
export async function openSource(path: string, name: string | undefined): Promise<Source> {
  if (!existsSync(path)) throw new UsageError(`There is no folder ${path}`);
  const asked = [
    'rev-parse',
    '--path-format=absolute',
    '--git-common-dir',
    '--show-object-format',
    '--is-shallow-repository',
  ];
  const { code, stdout } = await callGit(path, asked, { ok: [0, 128] });
  if (code !== 0) throw new UsageError(`${path} is no git repository`);
  const [gitDir = '', objectFormat = 'sha1', isShallow] = stdout.trimEnd().split('\n');
  if (isShallow === 'true')
    throw new UsageError(`${path} is a shallow clone; fetch the rest first: git fetch --unshallow`);
  const promised = await callGit(gitDir, ['config', '--get-regexp', '^remote\\..*\\.promisor$'], {
    ok: [0, 1],
  });
  if (promised.code === 0)
    throw new UsageError(`${path} is a partial clone; the benchmark needs one with all objects`);
  const head = await callGit(path, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { ok: [0, 1] });
  if (head.code !== 0) throw new UsageError(`${path} has no commit`);
  return {
    gitDir,
    objects: join(gitDir, 'objects'),
    objectFormat,
    name: name ?? nameOf(gitDir),
    head: head.stdout.trimEnd(),
    origin: await originOf(gitDir),
  };
}

function nameOf(gitDir: string): string {
  const folder = basename(gitDir) === '.git' ? dirname(gitDir) : gitDir;
  return basename(folder)
    .replace(/\.git$/, '')
    .replace(/[^\w.-]/g, '-');
}

async function originOf(gitDir: string): Promise<string | undefined> {
  const { stdout } = await callGit(gitDir, ['config', '--get', 'remote.origin.url'], { ok: [0, 1] });
  const match = /^https?:\/\/(?:[^@/]*@)?(.+)$/.exec(stdout.trimEnd());
  return match === null ? undefined : `https://${match[1]}`;
}

/** A merge of two parents, and the one base that both began from. */
export interface Merge {
  id: string;
  /** The tree that people committed. */
  tree: string;
  base: string;
  first: Side;
  second: Side;
}

export interface Side {
  commit: string;
  tree: string;
}

/** Why a merge leaves nothing to replay. */
export const LEFT_OUT = {
  crissCross: 'criss-cross: more than one merge base',
  fastForward: 'fast-forward: one parent is the merge base',
  oneSided: 'one side changed nothing',
  unrelated: 'no common ancestor',
} as const;

export type LeftOut = keyof typeof LEFT_OUT;

/** The two-parent merges of HEAD, newest first. */
export async function* newestMerges(source: Source): AsyncGenerator<Merge | LeftOut> {
  const { gitDir, head } = source;
  const list = await git(gitDir, 'rev-list', '--min-parents=2', '--max-parents=2', '--parents', head);
  for (const line of list.split('\n').filter(Boolean)) {
    const [id = '', first = '', second = ''] = line.split(' ');
    yield await examine(gitDir, id, first, second);
  }
}

async function examine(gitDir: string, id: string, first: string, second: string): Promise<Merge | LeftOut> {
  const { stdout } = await callGit(gitDir, ['merge-base', '--all', first, second], { ok: [0, 1] });
  const [base, ...others] = stdout.split('\n').filter(Boolean);
  if (base === undefined) return 'unrelated';
  if (others.length > 0) return 'crissCross';
  if (base === first || base === second) return 'fastForward';
  const commits = [id, base, first, second];
  const trees = (await git(gitDir, 'rev-parse', ...commits.map((commit) => `${commit}^{tree}`))).split('\n');
  const [tree = '', baseTree = '', firstTree = '', secondTree = ''] = trees;
  if (baseTree === firstTree || baseTree === secondTree) return 'oneSided';
  return {
    id,
    tree,
    base,
    first: { commit: first, tree: firstTree },
    second: { commit: second, tree: secondTree },
  };
}
