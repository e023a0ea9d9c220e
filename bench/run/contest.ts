import { spawn } from 'node:child_process';
import { callGit, git } from '../support/git.js';

export interface Programs {
  callsheet: string;
  agent: string;
  floor: string;
}

export interface Work {
  repository: string;
  plan: string;
  tasks: number;
  workers: number;
  programs: Programs;
  signal: AbortSignal;
  /** Besides what both sides get. */
  env?: Record<string, string>;
}

/** How a program ended, and how long it took from its start to its end, in milliseconds. */
export interface Took {
  ms: number;
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The whole command, as a person starts it. */
export function landByCallsheet(work: Work): Promise<Took> {
  const { repository, plan, workers, programs } = work;
  const agent = `command:sh '${programs.agent.replaceAll("'", `'\\''`)}'`;
  const args = ['run', '--plan', plan, '--agent', agent, '-w', String(workers), '--yes'];
  return timed(process.execPath, [programs.callsheet, ...args], repository, work);
}

/** The same tasks by a shell script and git, one after the other. */
export function landByHand(work: Work): Promise<Took> {
  const { repository, tasks, programs } = work;
  return timed('sh', [programs.floor, repository, String(tasks), programs.agent], repository, work);
}

// Nobody's configuration of git decides; what wraps the benchmark reaches neither side.
const FOREIGN = /^(?:GIT_|CALLSHEET_|NODE_OPTIONS$|NODE_EXTRA_CA_CERTS$|npm_)/;

function timed(file: string, args: string[], cwd: string, { env = {}, signal }: Work): Promise<Took> {
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(file, args, {
      cwd,
      env: { ...Object.fromEntries(own), HOME: cwd, XDG_CONFIG_HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches it once, through us.
      detached: true,
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    const interrupt = (): void => void child.kill('SIGINT');
    signal.addEventListener('abort', interrupt);
    if (signal.aborted) interrupt();
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', interrupt);
      resolve({ ms: performance.now() - started, code, ...said });
    });
  });
}

/** What must not be: something that did not land, or a tree that is not the one of the plan. */
export async function faultsOf(
  { repository, tasks }: Pick<Work, 'repository' | 'tasks'>,
  branch: string,
  took: Took,
): Promise<string[]> {
  if (took.code !== 0) return [`${branch}: ended with ${took.code}: ${took.stderr.trim().slice(-500)}`];
  const { stdout } = await callGit(repository, ['ls-tree', '--name-only', `${branch}:written`], {
    ok: [0, 128],
  });
  const landed = stdout.split('\n').filter(Boolean).length;
  const changed = await git(repository, 'diff-tree', '-r', '--name-only', 'main', branch, '--', 'src');
  const left = (await git(repository, 'worktree', 'list', '--porcelain')).match(/^worktree /gm)?.length ?? 0;
  return [
    ...(landed === tasks ? [] : [`${branch}: ${landed} of ${tasks} files landed`]),
    ...(changed === ''
      ? []
      : [`${branch}: changed ${changed.split('\n').length} files that no task has named`]),
    ...(left === 1 ? [] : [`${branch}: ${left - 1} worktrees are left`]),
  ];
}

/** How often the gate was run, the base included. */
export async function gateRuns(work: Work): Promise<number> {
  const { programs, repository } = work;
  const query = 'SELECT count(*) AS runs FROM gates';
  const { stdout } = await timed(
    process.execPath,
    [programs.callsheet, 'sql', query, '--json'],
    repository,
    work,
  );
  const { rows } = JSON.parse(stdout) as { rows: { runs: number }[] };
  return rows[0]?.runs ?? 0;
}
