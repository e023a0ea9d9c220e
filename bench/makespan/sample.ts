import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { git } from '../support/git.js';
import { LINES_OF_A_FILE, type Job } from './draw.js';

export interface Programs {
  callsheet: string;
  agent: string;
}

export interface Sample {
  /** From the first claim to the last landing, in milliseconds. */
  ms: number;
  /** What it said when not everything landed. */
  trouble: string | undefined;
}

interface Line {
  type: string;
  at?: string;
  state?: string;
}

/** Runs a batch in real time: the real command in a scratch repository, agents that sleep as long as the jobs take. */
export async function runInRealTime(
  jobs: readonly Job[],
  { workers, gateMs }: { workers: number; gateMs: number },
  { callsheet, agent }: Programs,
  signal: AbortSignal,
): Promise<Sample> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'callsheet-makespan-')));
  try {
    const repository = await scratchRepository(folder, jobs);
    const plan = join(folder, 'plan.json');
    await writeFile(plan, JSON.stringify(planOf(jobs)));
    const said = await writeJobs(join(folder, 'jobs'), jobs);
    const args = ['run', '--json', '--yes', '--plan', plan, '-w', String(workers)];
    args.push('--agent', `command:sh ${shellWord(agent)} ${shellWord(said)}`);
    if (gateMs > 0) args.push('--gate', `sleep ${gateMs / 1_000}`);
    return await follow(repository, [callsheet, ...args], jobs.length, signal);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function scratchRepository(folder: string, jobs: readonly Job[]): Promise<string> {
  const repository = join(folder, 'repo');
  await git(folder, 'init', '--quiet', '--template=', '-b', 'main', repository);
  await git(repository, 'config', 'user.name', 'Makespan');
  await git(repository, 'config', 'user.email', 'makespan@localhost');
  await writeFile(join(repository, 'README'), 'A batch of tasks.\n');
  for (const path of new Set(jobs.flatMap((job) => job.files))) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), 'as it was\n'.repeat(LINES_OF_A_FILE));
  }
  await git(repository, 'add', '--all');
  await git(repository, '-c', 'commit.gpgSign=false', 'commit', '--quiet', '-m', 'Start');
  return repository;
}

function planOf(jobs: readonly Job[]): object {
  return {
    tasks: jobs.map(({ id, after, files, estimateMs }) => ({
      ...{ id, after, title: `Work on ${id}`, spec: `Take your time with ${id}.` },
      ...(files.length === 0 ? {} : { files }),
      ...{ estimate: `${estimateMs}ms`, timeout: '30m', attempts: 20 },
    })),
  };
}

async function writeJobs(folder: string, jobs: readonly Job[]): Promise<string> {
  await mkdir(folder);
  for (const { id, attemptsMs, files, lines: places } of jobs) {
    const lines = attemptsMs.map(
      (ms, index) => `${ms / 1_000} ${index < attemptsMs.length - 1 ? 'fails' : 'ok'}\n`,
    );
    await writeFile(join(folder, id), lines.join(''));
    const edits = files.map((path, index) => `${(places[index] ?? 0) + 1} ${path}\n`);
    await writeFile(join(folder, `${id}.edits`), edits.join(''));
  }
  return folder;
}

async function follow(
  repository: string,
  command: string[],
  tasks: number,
  signal: AbortSignal,
): Promise<Sample> {
  // A group of its own: Ctrl-C reaches it once, through us, and not a second time from the terminal.
  const child = spawn(process.execPath, command, {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  try {
    const times = { claimed: Infinity, done: 0, landed: 0 };
    for await (const line of createInterface({ input: child.stdout })) note(JSON.parse(line) as Line, times);
    const code = await ended;
    const said = Buffer.concat(errors).toString().trim().split('\n').slice(-5).join(' | ');
    const trouble =
      code === 0 && times.landed === tasks
        ? undefined
        : `exit ${code}, ${times.landed} landed: ${said.slice(0, 300)}`;
    return { ms: Math.max(0, times.done - times.claimed), trouble };
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

function note({ type, at }: Line, times: { claimed: number; done: number; landed: number }): void {
  const ms = Date.parse(at ?? '');
  if (type === 'task.claimed') times.claimed = Math.min(times.claimed, ms);
  if (type !== 'task.done') return;
  times.done = Math.max(times.done, ms);
  times.landed += 1;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
