import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What git keeps of a repository, by path. */
type Parts = { folders: string[]; files: [path: string, content: Buffer][] };

interface Ready {
  parts: Parts;
  base: string;
}

const ready = new Map<string, Ready>();

/**
 * Makes a repository with one commit of these files on `main`, as `git init` and `git commit` do, and checks them out.
 * git makes it once; another with the same files is written from memory, and git only fills its index.
 * @returns The id of the commit.
 */
export function makeRepository(
  root: string,
  files: Record<string, string | Buffer>,
  message: string,
): string {
  const key = JSON.stringify([message, Object.entries(files)]);
  let made = ready.get(key);
  if (made === undefined) {
    made = remember(files, message);
    ready.set(key, made);
  }
  const { folders, files: kept } = made.parts;
  for (const folder of folders) mkdirSync(join(root, '.git', folder), { recursive: true });
  for (const [path, content] of kept) writeFileSync(join(root, '.git', path), content);
  writeAll(root, files);
  // The index says when each file was last changed, so it cannot be the one of another checkout.
  git(root, 'add', '--all');
  return made.base;
}

function remember(files: Record<string, string | Buffer>, message: string): Ready {
  const root = mkdtempSync(join(tmpdir(), 'callsheet-ready-repository-'));
  try {
    git(root, 'init', '--quiet', '--initial-branch=main');
    writeAll(root, files);
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--allow-empty', '--message', message);
    const base = git(root, 'rev-parse', 'HEAD');
    rmSync(join(root, '.git/index'));
    return { parts: partsOf(join(root, '.git')), base };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function partsOf(root: string): Parts {
  const parts: Parts = { folders: [''], files: [] };
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (entry.isDirectory()) parts.folders.push(path);
    // Examples for a person to read.
    else if (!path.endsWith('.sample')) parts.files.push([path, readFileSync(join(root, path))]);
  }
  return parts;
}

function writeAll(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function git(cwd: string, ...args: string[]): string {
  const settings = [
    'user.name=Ada',
    'user.email=ada@example.org',
    'commit.gpgsign=false',
    'maintenance.auto=false',
  ];
  // A hook of git may run the tests, and says in which repository it does.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const options = settings.flatMap((setting) => ['-c', setting]);
  return execFileSync('git', [...options, ...args], { cwd, env, encoding: 'utf8' }).trim();
}
