import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startCommand, type Ended } from '../support/command.js';
import { removeFolder } from '../support/remove-folder.js';

export interface Place {
  /** Holds everything of the test, the home folder too, and is removed after it. */
  folder: string;
  /** The checkout, in a path with spaces and letters of other scripts. */
  root: string;
  env: NodeJS.ProcessEnv;
  git(...args: string[]): string;
  write(files: Record<string, string>): void;
  read(path: string): string;
  commit(files: Record<string, string>): string;
  /** The whole command line, to its end. */
  callsheet(...args: string[]): Promise<Ended>;
  start(...args: string[]): ReturnType<typeof startCommand>;
  /** Resolves when a file of this name is in the home folder. */
  made(name: string): Promise<void>;
  /** What lies beside the checkout, apart from the home folder. */
  beside(): string[];
  /** Everything that git knows: refs and worktrees. */
  known(): { refs: string[]; worktrees: number };
}

/** A real repository with one commit on `main`, an empty home, and the built command. */
export function givenPlace(files: Record<string, string> = { 'a.txt': 'one\n' }): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet run ')));
  onTestFinished(() => removeFolder(folder));
  const root = join(folder, 'my repo 漢');
  const home = join(folder, 'home');
  mkdirSync(root);
  mkdirSync(home);
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), CALLSHEET_AGENT: '' };
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const place: Place = {
    folder,
    root,
    env,
    git,
    write(contents) {
      for (const [path, content] of Object.entries(contents)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    commit(contents) {
      place.write(contents);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', 'Some files');
      return git('rev-parse', 'HEAD');
    },
    callsheet: (...args) => startCommand(root, args, env).ended,
    start: (...args) => startCommand(root, args, env),
    made: (name) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!existsSync(join(home, name))) return;
          watcher.close();
          resolve();
        };
        const watcher = watch(home, look);
        look();
      }),
    beside: () => readdirSync(folder).filter((name) => name !== 'home' && name !== 'my repo 漢'),
    known: () => ({
      refs: git('for-each-ref', '--format=%(refname)').split('\n'),
      worktrees: git('worktree', 'list', '--porcelain')
        .split('\n')
        .filter((line) => line.startsWith('worktree ')).length,
    }),
  };
  git('init', '--quiet', '--initial-branch=main');
  place.commit(files);
  return place;
}

/** An agent that writes one file named after its task. */
export const WRITER = 'command:echo done > "$CALLSHEET_PLAN_TASK.txt"';

export interface Wanted {
  [key: string]: unknown;
  id: string;
}

/** A plan of tasks that write one file each; JSON is YAML too. */
export function planOf(tasks: Wanted[], top: Record<string, unknown> = {}): string {
  const whole = tasks.map((task) => ({
    title: `Task ${task.id}`,
    spec: `Create the file ${task.id}.txt, which must say "done".`,
    files: [`${task.id}.txt`],
    estimate: '5m',
    ...task,
  }));
  return JSON.stringify({ ...top, tasks: whole });
}

export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export interface Refusal {
  code: string;
  message: string;
  hint?: string;
  data?: unknown;
}

export function errorIn({ stderr }: Ended): Refusal {
  return (JSON.parse(stderr) as { error: Refusal }).error;
}

/** A program of this name that is found before the real one. */
export function fakeProgram(place: Place, name: string, script: string): NodeJS.ProcessEnv {
  const folder = join(place.folder, 'home', 'bin');
  if (!existsSync(folder)) mkdirSync(folder);
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { ...place.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
}

export interface Report {
  [key: string]: unknown;
  tasks: { id: string; state: string }[];
}

/** A run to its end; the last line of the stream is the report. */
export async function runOf(
  place: Place,
  ...args: string[]
): Promise<{ code: number | null; lines: Record<string, unknown>[]; report: Report }> {
  const { code, stdout, stderr } = await place.callsheet(
    'run',
    '--json',
    '--yes',
    '--agent',
    WRITER,
    ...args,
  );
  if (stderr !== '') throw new Error(stderr);
  const lines = linesOf(stdout);
  return { code, lines, report: lines.at(-1) as Report };
}

/** The codes of all that stands in the way. */
export async function obstaclesOf(
  place: Place,
  ...args: string[]
): Promise<{ codes: string[]; exit: number | null; text: string }> {
  const ended = await place.callsheet('run', '--json', '--yes', ...args);
  if (ended.stdout !== '') throw new Error(`It was not refused: ${ended.stdout}`);
  const { code, data, message } = errorIn(ended);
  const codes = code === 'PREFLIGHT' ? (data as { code: string }[]).map((each) => each.code) : [code];
  return { codes, exit: ended.code, text: message };
}
