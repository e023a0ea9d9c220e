import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { git } from '../support/git.js';

/** Where repositories to work in come from, and what stands beside them. */
export interface Place extends AsyncDisposable {
  folder: string;
  /** A repository of so many files that nobody has worked in yet; the one before is removed. */
  repository(files: number): Promise<string>;
  /** A plan of so many tasks that need nothing of each other. */
  plan(tasks: number, gate?: string): Promise<string>;
}

const FILES_IN_A_FOLDER = 25;
const LINES_IN_A_FILE = 40;
// The same commit on every machine.
const WHEN = '2024-01-01T00:00:00Z';

export async function openPlace(): Promise<Place> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'callsheet-run-')));
  const templates = new Map<number, string>();
  let count = 0;
  let open: string | undefined;
  return {
    folder,
    async repository(files) {
      const template = templates.get(files) ?? (await makeTemplate(join(folder, `template-${files}`), files));
      templates.set(files, template);
      if (open !== undefined) await rm(open, { recursive: true, force: true, maxRetries: 3 });
      count += 1;
      open = join(folder, String(count));
      const root = join(open, 'repository');
      await cp(template, root, { recursive: true, preserveTimestamps: true });
      // The index knows the files by their inodes; git would compare all of them at its first look, and only then.
      await git(root, 'update-index', '-q', '--refresh');
      return root;
    },
    async plan(tasks, gate) {
      const file = join(folder, 'plan.json');
      await writeFile(file, JSON.stringify({ ...planOf(tasks), ...(gate === undefined ? {} : { gate }) }));
      return file;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function planOf(tasks: number): { goal: string; tasks: object[] } {
  const all = Array.from({ length: tasks }, (_, index) => `t${index + 1}`).map((id) => ({
    id,
    title: `Write ${id}`,
    spec: `Write the file written/${id}.txt with one line in it.`,
    files: [`written/${id}.txt`],
    estimate: '1m',
  }));
  return { goal: 'Write files that have nothing to do with each other', tasks: all };
}

async function makeTemplate(root: string, files: number): Promise<string> {
  await git(dirname(root), 'init', '--quiet', '--template=', '--initial-branch=main', root);
  for (let at = 0; at < files; at += 1) {
    const folder = join(root, 'src', `part-${Math.floor(at / FILES_IN_A_FOLDER)}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `file-${at}.txt`), contentOf(at));
  }
  // Nothing runs beside the commands that are compared.
  const settings = { 'gc.auto': '0', 'maintenance.auto': 'false', 'commit.gpgSign': 'false' };
  const person = { 'user.name': 'Person', 'user.email': 'person@localhost' };
  for (const [key, value] of Object.entries({ ...settings, ...person }))
    await git(root, 'config', key, value);
  await git(root, 'add', '--all');
  await git(root, 'commit', '--quiet', '--no-verify', '--date', WHEN, '--message', `${files} files`);
  return root;
}

function contentOf(file: number): string {
  return Array.from({ length: LINES_IN_A_FILE }, (_, line) => `file ${file}, line ${line}\n`).join('');
}
