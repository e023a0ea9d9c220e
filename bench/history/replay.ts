import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { git } from '../support/git.js';
import type { Scratch } from './scratch.js';
import type { Merge } from './source.js';

/** What callsheet made of a merge. */
export interface Replay {
  run: string;
  outcome: 'landed' | 'conflicted' | 'failed';
  /** The tree of the integration branch at the end. */
  tree: string;
  /** The paths of the conflict it recorded, sorted. */
  paths: string[];
  /** Trees that refs of this run hold after `callsheet clean`: integration branch, attempts, snapshots. */
  keptTrees: Set<string>;
  /** From the start of the command to its end, in milliseconds. */
  ms: number;
  /** What it said when it did neither land nor conflict. */
  trouble: string | undefined;
}

interface TaskEvent {
  type: string;
  task?: string;
}

interface Report {
  type: 'report';
  run: string;
  state: string;
  tasks: { id: string; state: string; reason?: string }[];
  conflicts: { paths: string[] }[];
}

export interface Programs {
  callsheet: string;
  agent: string;
}

/** Runs the two sides of a merge as two tasks at once, with the real command and real agents' processes. */
export async function replay(
  scratch: Scratch,
  merge: Merge,
  number: number,
  programs: Programs,
  signal: AbortSignal,
): Promise<Replay> {
  const branch = `refs/heads/replay/${number}`;
  await git(scratch.repository, 'update-ref', branch, merge.base);
  await git(scratch.repository, 'symbolic-ref', 'HEAD', branch);
  await scratch.renewSignals();
  const plan = join(scratch.folder, 'plan.json');
  await writeFile(plan, JSON.stringify(planFor(merge)));
  const started = performance.now();
  const { report, said } = await runCallsheet(scratch, plan, merge, programs, signal);
  const ms = performance.now() - started;
  signal.throwIfAborted();
  if (report === undefined)
    return { run: '', outcome: 'failed', tree: '', paths: [], keptTrees: new Set(), ms, trouble: said };
  // A person would look at the workspace of what did not land, and then clean; the work must outlive that.
  await promisify(execFile)(process.execPath, [programs.callsheet, 'clean', report.run], {
    cwd: scratch.repository,
  });
  return { ...(await whatItLeft(scratch, report)), ...judged(report), run: report.run, ms };
}

function planFor({ id, first, second }: Merge): object {
  const side = (key: string, commit: string) => ({
    id: key,
    title: `What ${commit.slice(0, 10)} is`,
    spec: `Make of the files what they are in ${commit}.`,
    estimate: '1m',
    attempts: 1,
    timeout: '10m',
  });
  return { goal: `Replay ${id}`, tasks: [side('first', first.commit), side('second', second.commit)] };
}

function judged(report: Report): Pick<Replay, 'outcome' | 'paths' | 'trouble'> {
  const [first, second] = ['first', 'second'].map((key) => report.tasks.find((task) => isTask(task.id, key)));
  const paths = [...new Set(report.conflicts.flatMap((conflict) => conflict.paths))].sort();
  if (first?.state === 'done' && second?.state === 'done')
    return { outcome: 'landed', paths, trouble: undefined };
  if (first?.state === 'done' && paths.length > 0)
    return { outcome: 'conflicted', paths, trouble: undefined };
  const trouble = report.tasks.map((task) => `${task.id} ${task.state} ${task.reason ?? ''}`).join('; ');
  return { outcome: 'failed', paths, trouble };
}

async function whatItLeft(
  { repository }: Scratch,
  { run }: Report,
): Promise<Pick<Replay, 'tree' | 'keptTrees'>> {
  const integration = `refs/heads/callsheet/${run}/main`;
  const places = [`refs/heads/callsheet/${run}`, `refs/callsheet/snapshots/${run}`];
  const lines = (await git(repository, 'for-each-ref', '--format=%(refname) %(tree)', '--', ...places)).split(
    '\n',
  );
  const trees = new Map(lines.map((line) => line.split(' ') as [string, string]));
  return { tree: trees.get(integration) ?? '', keptTrees: new Set(trees.values()) };
}

// A sheet has one task of each id: the plan's `first` is `first-2` in the second run.
function isTask(id: string, key: string): boolean {
  return id === key || new RegExp(`^${key}-\\d+$`).test(id);
}

async function runCallsheet(
  scratch: Scratch,
  plan: string,
  { first, second }: Merge,
  { callsheet, agent }: Programs,
  signal: AbortSignal,
): Promise<{ report: Report | undefined; said: string }> {
  const words = [agent, scratch.signals, first.commit, second.commit].map(shellWord);
  const args = [
    callsheet,
    'run',
    '--plan',
    plan,
    '--agent',
    `command:sh ${words.join(' ')}`,
    '-w',
    '2',
    '--yes',
    '--json',
  ];
  // A group of its own: Ctrl-C reaches it once, through us, and not a second time from the terminal.
  const child = spawn(process.execPath, args, {
    cwd: scratch.repository,
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
    const report = await follow(child, scratch);
    const code = await ended;
    const said = Buffer.concat(errors).toString().trim().split('\n').slice(-5).join(' | ');
    return { report, said: `exit ${code}: ${said}` };
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** Reads the events, gives the agents their signals, and returns the report at the end. */
async function follow(child: ChildProcess, scratch: Scratch): Promise<Report | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as TaskEvent | Report;
    if (isReport(event)) return event;
    if (!/^task\.(?:done|failed|blocked|cancelled)$/.test(event.type ?? '')) continue;
    if (isTask(event.task ?? '', 'first')) await scratch.tellLanded();
    if (isTask(event.task ?? '', 'second')) await scratch.tellBegun();
  }
  return undefined;
}

function isReport(event: TaskEvent | Report): event is Report {
  return event.type === 'report';
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
