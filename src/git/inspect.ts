import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readBlob } from './objects.js';
import type { CommitId, Repository } from './repository.js';
import { runGit } from './run-git.js';
import { readSettings, type GitSetting } from './settings.js';

export interface RepositoryFacts {
  /** Paths of submodules in the commit. */
  submodules: string[];
  /** Names of drivers that `.gitattributes` (of the commit, or `info/attributes`) asks for. */
  filters: string[];
  mergeDrivers: string[];
  usesLfs: boolean;
  /** Configuration that makes git run programs or read further configuration. */
  settings: GitSetting[];
  isCaseInsensitive: boolean;
  /** The checkout holds only a part of the tree; new worktrees take that over. */
  isSparse: boolean;
}

// Names that git itself knows; nothing is run for them.
const BUILT_IN_MERGES = new Set(['text', 'binary', 'union']);

/** What there is to know about a repository before agents work in it, at a commit. */
export async function inspectRepository(repo: Repository, commit: CommitId): Promise<RepositoryFacts> {
  const [{ submodules, attributeFiles }, settings] = await Promise.all([
    scanTree(repo, commit),
    readSettings(repo),
  ]);
  const attributes = [...(await readAll(repo, attributeFiles)), infoAttributes(repo)].join('\n');
  const filters = namesOf(attributes, 'filter');
  const mergeDrivers = namesOf(attributes, 'merge').filter((name) => !BUILT_IN_MERGES.has(name));
  return { submodules, filters, mergeDrivers, usesLfs: filters.includes('lfs'), ...settings };
}

async function scanTree(
  repo: Repository,
  commit: CommitId,
): Promise<{ submodules: string[]; attributeFiles: string[] }> {
  const { stdout } = await runGit(repo.root, ['ls-tree', '-r', '-z', '--full-tree', commit, '--']);
  const submodules: string[] = [];
  const attributeFiles: string[] = [];
  for (const entry of stdout.split('\0')) {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    if (mode === '160000' && path !== undefined) submodules.push(path);
    if (id !== undefined && /(?:^|\/)\.gitattributes$/.test(path ?? '')) attributeFiles.push(id);
  }
  return { submodules, attributeFiles };
}

async function readAll(repo: Repository, ids: string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const id of ids) texts.push((await readBlob(repo.root, id))?.toString('utf8') ?? '');
  return texts;
}

function infoAttributes(repo: Repository): string {
  const file = join(repo.commonDir, 'info', 'attributes');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The values of `name=VALUE` in lines of attributes (a pattern first, or `[attr]` and a macro). */
function namesOf(attributes: string, name: string): string[] {
  const found = new Set<string>();
  for (const line of attributes.split('\n')) {
    if (line.startsWith('#')) continue;
    for (const word of line.split(/\s+/)) {
      if (word.startsWith(`${name}=`)) found.add(word.slice(name.length + 1));
    }
  }
  return [...found].sort();
}
