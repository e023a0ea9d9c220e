import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { git } from '../support/git.js';

/** A repository with a history to be made by a test. */
export interface GivenHistory {
  root: string;
  git(...args: string[]): Promise<string>;
  /** Commits these files (null: removed) on a branch, which begins at `from` when it is new. */
  commit(branch: string, files: Record<string, Content>, from?: string): Promise<string>;
  /** Merges as a person does, with these files as the result. */
  merge(into: string, other: string, files?: Record<string, Content>): Promise<string>;
}

type Content = string | Buffer | null | { link: string } | { script: string };

const PERSON = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgSign=false'];

export async function givenHistory(): Promise<GivenHistory> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet bench ')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "a person's repository");
  mkdirSync(root);
  const run = (...args: string[]): Promise<string> => git(root, ...PERSON, ...args);
  await run('init', '--quiet', '--initial-branch=main');
  const save = async (message: string): Promise<string> => {
    await run('add', '--all');
    await run('commit', '--quiet', '--no-verify', '--allow-empty', '-m', message);
    return run('rev-parse', 'HEAD');
  };
  return {
    root,
    git: run,
    async commit(branch, files, from) {
      if (from !== undefined) await run('switch', '--quiet', '-C', branch, from);
      else if ((await run('branch', '--show-current')) !== branch) await run('switch', '--quiet', branch);
      write(root, files);
      return save(`Work on ${branch}`);
    },
    async merge(into, other, files = {}) {
      await run('switch', '--quiet', into);
      // It may conflict: then `files` are how the person resolved it.
      await run('merge', '--quiet', '--no-ff', '--no-commit', other).catch((error: unknown) => {
        if (Object.keys(files).length === 0) throw error;
      });
      write(root, files);
      return save(`Merge ${other}`);
    },
  };
}

function write(root: string, files: Record<string, Content>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    rmSync(file, { force: true });
    if (content === null) continue;
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(file, content);
    else if ('link' in content) symlinkSync(content.link, file);
    else {
      writeFileSync(file, content.script);
      chmodSync(file, 0o755);
    }
  }
}
