import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { stringify } from 'yaml';

const CALLSHEET = resolve('dist/callsheet.cjs');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface EventLine {
  seq: number;
  type: string;
  task?: string;
  attempt?: number;
  data: Record<string, unknown>;
}

/** A report as `run --json` prints it last. */
export interface ReportLine {
  type: 'report';
  run: string;
  state: string;
  reason?: string;
  tasks: {
    id: string;
    state: string;
    reason?: string;
    summary?: string;
    commit?: string;
    attempts: { attempt: number; agent: string; outcome: string; reason?: string }[];
  }[];
  workspaces: { path: string; task?: string; why: string }[];
}

export interface Engine {
  readonly pid: number;
  readonly events: EventLine[];
  /** Resolves with the first event that fits, also when it came before. */
  until(what: string | ((event: EventLine) => boolean)): Promise<EventLine>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended & { report?: ReportLine }>;
}

export interface PlannedTask {
  id: string;
  title?: string;
  spec?: string;
  [key: string]: unknown;
}

/** A real repository in a temporary folder, with an agent that is a shell script, and the real command. */
export async function givenProject(files: Record<string, string> = { 'a.txt': 'a\n' }) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'callsheet-run-')));
  const root = join(folder, 'repo');
  const started: ChildProcess[] = [];
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CALLSHEET_|GIT_(?!CONFIG)|npm_|INIT_CWD$|VITEST|NODE_OPTIONS$)/.test(name),
    ),
  );

  const git = (...args: string[]): string => {
    const identity = [
      '-c',
      'user.name=Person',
      '-c',
      'user.email=person@localhost',
      '-c',
      'commit.gpgsign=false',
    ];
    const done = spawnSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8', env });
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trimEnd();
  };
  const write = async (path: string, text: string): Promise<string> => {
    const file = resolve(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };

  await mkdir(root);
  git('init', '--quiet', '-b', 'main');
  for (const [path, text] of Object.entries(files)) await write(path, text);
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Start');

  const start = (args: string[], more: Record<string, string> = {}): Engine => {
    const child = spawn(process.execPath, [CALLSHEET, ...args], {
      cwd: root,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return engineOf(child);
  };

  const project = {
    folder,
    root,
    git,
    write,
    /** A file outside the repository, that agents and the test both know. */
    at: (name: string) => join(folder, name),
    async plan(tasks: PlannedTask[], top: Record<string, unknown> = {}): Promise<string> {
      const full = tasks.map((task) => ({
        title: `Do ${task.id}`,
        spec: `Write what ${task.id} is about.`,
        ...task,
      }));
      const file = join(folder, 'plan.yaml');
      await writeFile(file, stringify({ ...top, tasks: full }));
      return file;
    },
    /** The driver of an agent whose every attempt runs this shell script, with `$F` for the folder of the test. */
    async agent(script: string): Promise<string> {
      const file = join(folder, 'agent.sh');
      await writeFile(
        file,
        `#!/bin/sh\nset -e\nF='${folder}'\nT=$CALLSHEET_TASK N=$CALLSHEET_ATTEMPT\n${script}\n`,
      );
      await chmod(file, 0o755);
      return `command:${file}`;
    },
    start,
    async callsheet(...args: string[]): Promise<Ended> {
      return start(args).ended;
    },
    /** Starts a run of a plan with a shell agent; its events as they come. */
    async begin(
      tasks: PlannedTask[],
      script: string,
      options: { top?: Record<string, unknown>; args?: string[]; env?: Record<string, string> } = {},
    ): Promise<Engine> {
      const plan = await project.plan(tasks, options.top);
      const agent = await project.agent(script);
      const args = ['run', '--json', '--yes', '--plan', plan, '--agent', agent, ...(options.args ?? [])];
      return start(args, options.env);
    },
    async run(
      tasks: PlannedTask[],
      script: string,
      options: { top?: Record<string, unknown>; args?: string[]; env?: Record<string, string> } = {},
    ) {
      const engine = await project.begin(tasks, script, options);
      const ended = await engine.ended;
      return { ...ended, events: engine.events, report: reportIn(ended) };
    },
    /** Reads the sheet itself. */
    async sql<T extends Record<string, unknown>>(query: string): Promise<T[]> {
      return withSheet(root, (sheet) => sheet.prepare(query).all() as T[]);
    },
    /** Changes the sheet behind everybody's back: what time, a crash or another version would have done to it. */
    async tamper(statement: string): Promise<void> {
      await withSheet(root, (sheet) => sheet.exec(statement));
    },
    /** Files of a commit, with their text. */
    show: (commit: string, path: string) => git('show', `${commit}:${path}`),
    refs: (prefix: string) =>
      git('for-each-ref', '--format=%(refname)', prefix)
        .split('\n')
        .filter((ref) => ref !== ''),
    worktrees: () =>
      git('worktree', 'list', '--porcelain')
        .split('\n')
        .filter((line) => line.startsWith('worktree '))
        .map((line) => line.slice('worktree '.length))
        .filter((path) => path !== root),
    /** Processes whose environment names this test's folder as their scratch place. */
    left: () => leftProcesses(folder),
    async [Symbol.asyncDispose]() {
      for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
      for (const pid of leftProcesses(folder)) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return project;
}

async function withSheet<T>(root: string, work: (sheet: DatabaseSyncInstance) => T): Promise<T> {
  const sheet = new DatabaseSync(join(root, '.git', 'callsheet', 'sheet.db'), { timeout: 1_000 });
  try {
    return work(sheet);
  } finally {
    sheet.close();
  }
}

function reportIn({ stdout, stderr }: Ended): ReportLine {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as ReportLine;
  } catch (cause) {
    throw new Error(`no report: ${line}\n${stderr}`, { cause });
  }
}

function engineOf(child: ChildProcess): Engine {
  const events: EventLine[] = [];
  const waiting = new Set<() => void>();
  let stdout = '';
  let stderr = '';
  let isOver = false;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{"seq"') || line.includes('"seq":')) events.push(JSON.parse(line) as EventLine);
      for (const look of [...waiting]) look();
    });
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code) => {
      isOver = true;
      for (const look of [...waiting]) look();
      done({ code, stdout, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    events,
    until(what) {
      const fits = typeof what === 'string' ? (event: EventLine) => event.type === what : what;
      return new Promise((found, missing) => {
        const look = (): void => {
          const event = events.find(fits);
          if (event === undefined && !isOver) return;
          waiting.delete(look);
          if (event !== undefined) found(event);
          else missing(new Error(`It ended before ${String(what)}:\n${stdout.slice(-2_000)}\n${stderr}`));
        };
        waiting.add(look);
        look();
      });
    },
    signal: (name) => child.kill(name),
    ended: ended.then((end) => ({
      ...end,
      ...(end.stdout.includes('"type":"report"') ? { report: reportIn(end) } : {}),
    })),
  };
}

/** Resolves when a file is there: how an agent tells the test where it is. */
export async function fileAppears(file: string): Promise<void> {
  if (existsSync(file)) return;
  await new Promise<void>((resolve) => {
    const watcher = watch(dirname(file), () => {
      if (!existsSync(file)) return;
      watcher.close();
      resolve();
    });
    if (!existsSync(file)) return;
    watcher.close();
    resolve();
  });
}

function leftProcesses(folder: string): number[] {
  const found = spawnSync('sh', ['-c', 'grep -lsz "^CALLSHEET_SCRATCH=$0" /proc/[0-9]*/environ', folder], {
    encoding: 'utf8',
  });
  return found.stdout
    .split('\n')
    .flatMap((line) => /^\/proc\/(\d+)\//.exec(line)?.[1] ?? [])
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
