import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { manifestOf } from '../support/manifest.js';
import { lookAtCopy } from '../support/power-cut.js';
import { givenProject } from '../run/given-project.js';
import type { Scenario } from './scenario.js';

export type Place = Awaited<ReturnType<typeof givenPlace>>;

const FILES = {
  'a.txt': 'a\n',
  'shared-one.txt': 'token of nobody\n',
  'shared-two.txt': 'token of nobody\n',
  'own/README': 'Each task has a file of its own here.\n',
  '.gitignore': 'ignored/\n',
};

/**
 * A repository with everything around it that a run must leave alone, in which what the scenario names waits to be
 * killed.
 */
export async function givenPlace(scenario: Scenario) {
  const project = await givenProject(FILES);
  const { folder, root } = project;
  for (const name of ['bin', 'hold', 'held', 'does', 'hooks', 'home', 'sibling'])
    mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(root, '.git/callsheet'));
  const files: Record<string, string> = {
    tokens: '',
    acknowledged: '',
    'home/.gitconfig': '[user]\n\tname = Person\n\temail = person@localhost\n',
    'home/notes': 'mine\n',
    'sibling/other.txt': 'not of the repository\n',
    'repo/a.txt': 'changed, and not committed\n',
    'repo/scribble.txt': 'untracked\n',
    'repo/.git/callsheet/wake': '',
  };
  for (const [id, does] of scenario.does) files[`does/${id}`] = `${does.join(' ')}\n`;
  for (const { place } of scenario.strikes) files[`hold/${place}`] = '';
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  installScript('git.sh', join(folder, 'bin/git'), folder, real);
  installScript('gate.sh', join(folder, 'gate.sh'), folder);
  installScript('hook.sh', join(folder, 'hooks/reference-transaction'), folder);

  const env = { HOME: join(folder, 'home'), PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  const sheetFile = join(root, '.git/callsheet/sheet.db');
  const untouched = () => manifestOf(placesOfOthers(folder), (path) => isOurs(path, root));
  const before = untouched();
  const base = project.git('rev-parse', 'HEAD');
  return {
    ...project,
    env,
    base,
    sheetFile,
    /** What has changed of what is none of a run's business. */
    touched: () => differences(before, untouched()),
    isOfCheckout: (line: string) => line.includes(` ${root}/`),
    /** Lines that the agents or the gate have written into a file of the test's folder. */
    lines: (name: string) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    /** Calls back with each thing that waits to be killed: its place and its process. */
    onHeld: (hit: (place: string, pid: number) => void) => watchHeld(join(folder, 'held'), hit),
    /** Calls back after each commit of the sheet. */
    onCommit(call: () => void) {
      const watcher = watch(join(root, '.git/callsheet/wake'), call);
      return () => watcher.close();
    },
    /** Looks into the sheet while nobody writes to it. */
    look: <T>(work: (sheet: DatabaseSyncInstance) => T): T => lookAtCopy(sheetFile, work),
    processes: () => processesOf(folder),
  };
}

function installScript(name: string, file: string, folder: string, real = 'git'): void {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  writeFileSync(file, text.replaceAll('FOLDER', `'${folder}'`).replaceAll('REAL', real));
  chmodSync(file, 0o755);
}

function placesOfOthers(folder: string): string[] {
  return ['home', 'sibling', 'repo'].map((name) => join(folder, name));
}

// What a run writes into the repository: its branches, objects, worktrees, and the sheet.
const OURS = [
  'callsheet',
  'objects',
  'worktrees',
  'logs',
  'refs/callsheet',
  'refs/heads/callsheet',
  'packed-refs',
];

function isOurs(path: string, root: string): boolean {
  return OURS.some((name) => path === join(root, '.git', name));
}

function differences(before: string[], after: string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `was: ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `is:  ${line}`),
  ];
}

/** The files that say who waits are named `PLACE.PID`. */
function watchHeld(folder: string, hit: (place: string, pid: number) => void): () => void {
  const seen = new Set<string>();
  const look = (): void => {
    for (const name of readdirSync(folder)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const [, place = '', pid] = /^(.*)\.(\d+)$/.exec(name) ?? [];
      hit(place, Number(pid));
    }
  };
  const watcher = watch(folder, look);
  look();
  return () => watcher.close();
}

/** Whatever runs with the test's folder in its environment: everything that the test has started, at any distance. */
function processesOf(folder: string): number[] {
  const found = spawnSync('sh', ['-c', 'grep -lszF "$0" /proc/[0-9]*/environ', folder], { encoding: 'utf8' });
  return [...found.stdout.matchAll(/^\/proc\/(\d+)\//gm)].map(([, pid]) => Number(pid)).filter(isRunning);
}

/** Whether a process has not ended; one that only waits to be collected has. */
export function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  const state = spawnSync(
    'sh',
    ['-c', 'read -r _ _ state _ < "/proc/$0/stat" && echo "$state"', String(pid)],
    {
      encoding: 'utf8',
    },
  ).stdout.trim();
  return state !== '' && state !== 'Z';
}
