import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hookScript } from '../../src/hook/index.js';
import { entryPoint } from '../../src/process/index.js';
import { git } from '../support/git.js';
import { plainEnvironment } from './environment.js';

/** A repository whose hooks are set up. */
export interface Place {
  root: string;
  /** `.git/callsheet`. */
  sheetFolder: string;
}

export async function makePlace(folder: string, name: string): Promise<Place> {
  const root = join(folder, name);
  const sheetFolder = join(root, '.git/callsheet');
  const script = join(sheetFolder, 'hook');
  await mkdir(root, { recursive: true });
  await git(root, 'init', '--quiet', '--initial-branch=main');
  await mkdir(sheetFolder, { recursive: true });
  await writeFile(script, hookScript({ node: process.execPath, entry: entryPoint('hook') }));
  await chmod(script, 0o755);
  return { root, sheetFolder };
}

const PATIENCE_MS = 20_000;

/** Starts the server of a place. @returns The way to end it. */
export async function startServer({ root, sheetFolder }: Place): Promise<() => Promise<void>> {
  const args = [entryPoint('server'), join(root, '.git')];
  const child = spawn(process.execPath, args, { cwd: root, env: plainEnvironment(), stdio: 'ignore' });
  const closed = once(child, 'close');
  for (const begun = performance.now(); !existsSync(join(sheetFolder, 'server'));) {
    if (child.exitCode !== null || performance.now() - begun > PATIENCE_MS)
      throw new Error(`The server of ${root} did not start.`);
    await pause(10);
  }
  return async () => {
    child.kill('SIGTERM');
    await closed;
  };
}
