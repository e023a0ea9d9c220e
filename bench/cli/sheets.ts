import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fillSheet } from '../claim/fill.js';
import { git } from '../support/git.js';
import type { Command } from './startup.js';

/** A repository whose sheet has so many tasks. */
export async function makeRepository(folder: string, tasks: number): Promise<string> {
  const root = join(folder, `tasks-${tasks}`);
  await mkdir(root, { recursive: true });
  await git(root, 'init', '--quiet', '--initial-branch=main');
  const store = await fillSheet(join(root, '.git/callsheet/sheet.db'), tasks);
  await store.close();
  return root;
}

/** The commands that people and agents type most. Nothing can be claimed from an empty sheet: that is exit code 3. */
export function commandsFor(program: string, root: string, tasks: number): Command[] {
  const command = (words: string, exitCode = 0): Command => ({
    name: `${words}, ${tasks.toLocaleString('en')} tasks`,
    program: process.execPath,
    args: [program, ...words.split(' ')],
    cwd: root,
    exitCode,
  });
  return [command('task list'), command('task claim', tasks === 0 ? 3 : 0), command('status')];
}
