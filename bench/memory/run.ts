import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { git } from '../support/git.js';
import { watchProcess, type Sample } from './sample.js';

export interface Watched {
  samples: Sample[];
  /** How many tasks landed. */
  landed: number;
  exitCode: number | null;
}

const EVERY_MS = 100;
const AGENT = 'echo "$CALLSHEET_TASK" > "$CALLSHEET_TASK.txt"';

/** A run of tasks that write one file each, watched from its start to its end. */
export async function watchRun(
  folder: string,
  program: string,
  { tasks, workers }: { tasks: number; workers: number },
  signal: AbortSignal,
): Promise<Watched> {
  const root = join(folder, 'repository');
  await mkdir(root, { recursive: true });
  await git(root, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(root, 'readme.txt'), 'Many small files.\n');
  await git(root, 'add', '--all');
  const identity = [
    '-c',
    'user.name=bench',
    '-c',
    'user.email=bench@localhost',
    '-c',
    'commit.gpgsign=false',
  ];
  await git(root, ...identity, 'commit', '--quiet', '-m', 'Start');
  const plan = join(folder, 'plan.json');
  await writeFile(plan, JSON.stringify(planOf(tasks)));
  const args = [
    'run',
    '--plan',
    plan,
    '-w',
    String(workers),
    '--agent',
    `command:${AGENT}`,
    '--yes',
    '--json',
  ];
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    return await watched(child);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function watched(child: ChildProcess): Promise<Watched> {
  let landed = 0;
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    if ((JSON.parse(line) as { type?: string }).type === 'task.done') landed += 1;
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const samples = await watchProcess(child.pid ?? 0, EVERY_MS, () => landed);
  const [exitCode] = await ended;
  return { samples, landed, exitCode };
}

function planOf(tasks: number) {
  return {
    goal: 'Write many small files',
    tasks: Array.from({ length: tasks }, (_, n) => ({
      id: `file-${n}`,
      title: `Write file ${n}`,
      spec: 'Write your own name into a file of your own name.',
      files: [`file-${n}.txt`],
    })),
  };
}

/** A Node that does nothing, as long as a few samples take. */
export async function watchIdle(): Promise<Sample[]> {
  const child = spawn(process.execPath, ['-e', `setTimeout(() => {}, ${EVERY_MS * 10})`], {
    env: plainEnvironment(),
    stdio: 'ignore',
  });
  return watchProcess(child.pid ?? 0, EVERY_MS, () => 0);
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const own = /^(?:NODE_|CALLSHEET_|GIT_|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
