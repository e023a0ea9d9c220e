import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openRepository, type Repository } from '../../src/git/index.js';
import { Broken } from './broken.js';
import type { Files } from './model-history.js';
import type { Lot, Workplace } from './simulate.js';
import type { Hands } from './world.js';

interface RealWorkplace {
  folder: string;
  root: string;
  repository: Repository;
  hands: Hands;
}

/** A real repository with these files, and agents' hands that use real files and git in it. */
export async function givenRealWorkplace(base: Files, folder = newFolder()): Promise<RealWorkplace> {
  const root = join(folder, 'repo');
  mkdirSync(root, { recursive: true });
  git(root, 'init', '--quiet', '--initial-branch=main');
  for (const [path, content] of base) realHands.write(root, path, content);
  realHands.commitIn(root, 'Start\n');
  return { folder, root, repository: await openRepository(root), hands: realHands };
}

/** The common ancestors that no other common ancestor builds on. */
export function mergeBasesOf(root: string, one: string, other: string): string[] {
  return git(root, 'merge-base', '--all', one, other).trim().split('\n');
}

/** For the same schedules in a real repository with the real git: virtual time stands still while git works. */
export async function realWorkplace({ sheet, scenario, broke }: Lot): Promise<Workplace> {
  const place = await givenRealWorkplace(scenario.base, sheet.folder);
  return { ...place, repository: watchingRemovals(place, broke), isReal: true };
}

/** The same repository, which looks before it removes a worker's workspace whether its files are anywhere else. */
function watchingRemovals(place: RealWorkplace, onBroken: (error: Error) => void): Repository {
  const { repository, root } = place;
  return new Proxy(repository, {
    get(target, name): unknown {
      if (name !== 'removeWorktree') return Reflect.get(target, name) as unknown;
      return (path: string) => {
        const lost = basename(path).startsWith('gate-') || !existsSync(path) ? [] : unsavedIn(root, path);
        if (lost.length > 0)
          onBroken(new Broken(`${path} is removed with ${lost.join()}, which is nowhere else`));
        return target.removeWorktree(path);
      };
    },
  });
}

function unsavedIn(root: string, path: string): string[] {
  const reachable = new Set(
    git(root, 'rev-list', '--objects', '--all')
      .split('\n')
      .map((line) => line.slice(0, 40)),
  );
  const files = [...realHands.filesIn(path).keys()];
  const ids =
    files.length === 0
      ? []
      : git(path, 'hash-object', '--', ...files)
          .trim()
          .split('\n');
  return files.filter((_, index) => !reachable.has(ids[index] ?? ''));
}

function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-simulation-real-')));
}

const realHands: Hands = {
  filesIn(path) {
    const listed = git(path, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
    const files = new Set(listed.filter((file) => file !== '' && existsSync(join(path, file))));
    return new Map([...files].sort().map((file) => [file, readFileSync(join(path, file), 'utf8')]));
  },
  write(path, file, content) {
    const at = join(path, file);
    if (content === null) return rmSync(at, { force: true });
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  },
  commitIn(path, message) {
    git(path, 'add', '--all');
    if (git(path, 'status', '--porcelain') === '') return undefined;
    git(path, 'commit', '--quiet', '-m', message);
    return git(path, 'rev-parse', 'HEAD').trim();
  },
};

function git(cwd: string, ...args: string[]): string {
  const settings = [
    'user.name=Ada',
    'user.email=ada@example.org',
    'commit.gpgsign=false',
    'core.hooksPath=/dev/null',
  ];
  return execFileSync('git', [...settings.flatMap((each) => ['-c', each]), ...args], {
    cwd,
    encoding: 'utf8',
  });
}
