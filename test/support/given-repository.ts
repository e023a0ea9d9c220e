import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository, type CommitId, type Repository } from '../../src/git/index.js';
import { makeRepository } from './ready-repository.js';
import { removeFolder } from './remove-folder.js';

/** Contents by path; null deletes the file. */
export type Files = Record<string, string | Buffer | null>;

export interface GivenRepository extends AsyncDisposable {
  /** Holds everything of the test (the checkout, its workspaces, a home), and is removed after it. */
  folder: string;
  /** The person's checkout, on `main`. */
  root: string;
  repository: Repository;
  /** The commit that it began with. */
  base: CommitId;
  /** Runs git in the checkout, as a person in a terminal would. */
  git(...args: string[]): string;
  write(files: Files): void;
  /** Commits files on the branch that is checked out. */
  commit(files: Files, message?: string): CommitId;
}

/** A real repository with one commit of these files. */
export async function givenRepository(
  files: Record<string, string | Buffer> = { 'a.txt': 'one\n' },
): Promise<GivenRepository> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-')));
  const restoreHome = ownHome(join(folder, 'home'));
  const root = join(folder, 'repo');
  mkdirSync(root);
  const git = (...args: string[]) => runGit(root, args);
  const write = (changes: Files) => writeFiles(root, changes);
  const commit = (changes: Files, message = 'change') => {
    write(changes);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  const base = makeRepository(root, files, 'base');
  return {
    ...{ folder, root, base, git, write, commit },
    repository: await openRepository(root),
    [Symbol.asyncDispose]: () => {
      restoreHome();
      removeFolder(folder);
      return Promise.resolve();
    },
  };
}

export function writeFiles(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    if (content === null) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Nobody's git configuration is read but the test's. */
function ownHome(home: string): () => void {
  const before = { HOME: process.env['HOME'], XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] };
  mkdirSync(home);
  process.env['HOME'] = home;
  process.env['XDG_CONFIG_HOME'] = join(home, '.config');
  return () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

function runGit(cwd: string, args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  return execFileSync('git', [...identity, ...args], options).trim();
}
