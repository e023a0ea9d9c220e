import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { onTestFinished } from 'vitest';

import { makeRepository } from '../../test/support/ready-repository.js';
import { openRepository } from './open-repository.js';
import type { CommitId, Repository } from './repository.js';

export interface Given {
  /** Holds everything of the test, and is removed after it. */
  folder: string;
  root: string;
  repo: Repository;
  base: CommitId;
}

/** A folder of its own for a test, which is also the home: nobody's git configuration is read but the test's. */
export function givenFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet git ')));
  process.env['HOME'] = folder;
  process.env['XDG_CONFIG_HOME'] = join(folder, '.config');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A real repository with one commit of the files, on the branch `main`. */
export async function givenRepository(
  files: Record<string, string | Buffer> = { 'a.txt': 'one\n' },
): Promise<Given> {
  const folder = givenFolder();
  const root = join(folder, 'repo');
  mkdirSync(root);
  const base = makeRepository(root, files, 'base');
  return { folder, root, base, repo: await openRepository(root) };
}

export function write(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

export function commitFiles(root: string, files: Record<string, string | Buffer>, message: string): CommitId {
  write(root, files);
  git(root, 'add', '-A');
  git(root, 'commit', '--quiet', '--allow-empty', '-m', message);
  return git(root, 'rev-parse', 'HEAD');
}

/** Runs git as a person in a terminal would. */
export function git(cwd: string, ...args: string[]): string {
  const identity = [
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=ada@example.org',
    '-c',
    'protocol.file.allow=always',
  ];
  return execFileSync('git', [...identity, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
