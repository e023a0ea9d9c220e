import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';

import { locateRepository } from './locate-repository.js';
import { runGit } from './run-git.js';
import type { Repository } from './repository.js';

export interface GitSetting {
  key: string;
  value: string;
  /** As git calls it: `system`, `global`, `local`, `worktree`. */
  scope: string;
  /** The absolute path of the file that says it. */
  origin: string;
  /**
   * Whose it is: `person` for the user's and the machine's configuration, `repository` for this repository's own
   * (which its owner wrote, or whoever packed it), `foreign` for a file that one of them includes from a checkout
   * or that the repository includes from anywhere.
   */
  owner: 'person' | 'repository' | 'foreign';
}

/** Settings that make git run a program, read attributes or more configuration from elsewhere. */
const RUNS_SOMETHING = new RegExp(
  [
    'filter\\..*\\.(?:clean|smudge|process)',
    'merge\\..*\\.driver',
    'diff\\.(?:.*\\.)?(?:command|textconv|external)',
    'core\\.(?:hookspath|fsmonitor|attributesfile|alternaterefscommand|sshcommand|gitproxy|askpass|worktree)',
    // A partial clone fetches what it lacks while files are read.
    'remote\\..*\\.(?:uploadpack|vcs)',
    'credential\\.(?:.*\\.)?helper',
    'include\\.path',
    'includeif\\..*\\.path',
  ]
    .map((key) => `^${key}$`)
    .join('|'),
  's',
);

const OWN_SCOPES = ['local', 'worktree'];
const IS_TRUE = /^(true|yes|on|1)$/i;

export async function readSettings(
  repo: Repository,
): Promise<{ settings: GitSetting[]; isCaseInsensitive: boolean; isSparse: boolean }> {
  const args = ['config', '--list', '--show-scope', '--show-origin', '-z'];
  const { stdout } = await runGit(repo.root, args);
  const all = parseSettings(stdout).filter(({ scope }) => scope !== 'command');
  const settings = all
    .filter(({ key }) => RUNS_SOMETHING.test(key))
    .map((setting) => withOwner(repo, setting))
    .filter((setting) => !isWhereItIs(repo, setting));
  const ignoreCase = all.findLast(({ key }) => key === 'core.ignorecase')?.value;
  const sparse = all.findLast(({ key }) => key === 'core.sparsecheckout');
  const isSparse = sparse !== undefined && OWN_SCOPES.includes(sparse.scope) && IS_TRUE.test(sparse.value);
  return { settings, isCaseInsensitive: ignoreCase === 'true', isSparse };
}

/** Reads `git config --list --show-scope --show-origin -z`: scope, origin, and key, line break, value. */
function parseSettings(output: string): Omit<GitSetting, 'owner'>[] {
  const fields = output.split('\0');
  const settings: Omit<GitSetting, 'owner'>[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [scope = '', origin = '', entry = ''] = fields.slice(at, at + 3);
    const end = entry.indexOf('\n');
    // A key without `=` has no value, and means true.
    const [key, value] = end === -1 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    settings.push({ key, value, scope, origin: origin.replace(/^file:/, '') });
  }
  return settings;
}

function withOwner(repo: Repository, setting: Omit<GitSetting, 'owner'>): GitSetting {
  const origin = resolve(repo.root, setting.origin);
  return { ...setting, origin, owner: ownerOf(repo, setting.scope, origin) };
}

/** Of a submodule, git itself has written where its checkout is. */
function isWhereItIs({ root }: Repository, { key, value }: GitSetting): boolean {
  if (key !== 'core.worktree') return false;
  const located = locateRepository(root);
  return located?.root === root && resolve(located.gitDir, value) === root;
}

function ownerOf(repo: Repository, scope: string, origin: string): GitSetting['owner'] {
  if (scope === 'local' || scope === 'worktree') return isOwnFile(repo, origin) ? 'repository' : 'foreign';
  return isBelow(repo.root, origin) ? 'foreign' : 'person';
}

function isOwnFile(repo: Repository, origin: string): boolean {
  const gitDir = locateRepository(repo.root)?.gitDir ?? repo.commonDir;
  const own = [
    join(repo.commonDir, 'config'),
    join(repo.commonDir, 'config.worktree'),
    join(gitDir, 'config.worktree'),
  ];
  return own.includes(realpathSync(origin));
}

function isBelow(folder: string, file: string): boolean {
  const path = relative(folder, realpathSync(file));
  return !path.startsWith('..') && !isAbsolute(path);
}

/** What the repository's own configuration makes git run, as a person is asked for it. */
export function programsOf(settings: readonly GitSetting[]): string[] {
  const own = settings.filter(({ owner }) => owner === 'repository');
  return own.map(({ key, value }) => `git config ${key}: ${value}`);
}

/** What a file from elsewhere makes git run, which is refused. */
export function foreignOf(settings: readonly GitSetting[]): { message: string; hint: string }[] {
  const foreign = settings.filter(({ owner }) => owner === 'foreign');
  return foreign.map(({ key, value, origin }) => ({
    message: `git's configuration runs a program that a file from elsewhere names: ${key}=${value} (${origin}).`,
    hint: `If you trust it, set it yourself: git config ${key} …; else take the include out.`,
  }));
}
