import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerAgent } from '../../src/agent/index.js';
import { findEvents, type Event } from '../../src/event/index.js';
import type { CommitId } from '../../src/git/index.js';
import {
  enqueueLanding,
  findLandings,
  landWaiting,
  openLane,
  type Landing,
  type Lane,
  type Round,
} from '../../src/landing/index.js';
import { cleanEnvironment } from '../../src/process/index.js';
import { recordReads, type Read } from '../../src/read/index.js';
import {
  attemptBranch,
  createRun,
  integrationRef,
  revisePlan,
  type Run,
  type RunOptions,
} from '../../src/run/index.js';
import { openSheet, type Sheet } from '../../src/sheet/index.js';
import type { Store, Transaction } from '../../src/store/index.js';
import {
  claimTask,
  createTasks,
  DEFAULT_LEASE_MS,
  describeAttempt,
  recordResult,
  requireTask,
  sendToLanding,
  type Claim,
  type NewTask,
  type Task,
} from '../../src/task/index.js';
import { attemptFolder, type Site } from '../../src/workspace/index.js';
import { givenRepository, writeFiles, type Files, type GivenRepository } from './given-repository.js';
import { putReadySheet } from './ready-sheet.js';
import { testClock, type TestClock } from './store.js';

export interface SiteWishes {
  files?: Record<string, string | Buffer>;
  /** Ids, or tasks with more than an id. */
  tasks?: (string | (Partial<NewTask> & { id: string }))[];
  /** A shell command; what it is run on is its working directory. See {@link GivenSite.gateRuns}. */
  gate?: string;
  baseGate?: Run['baseGate'];
  options?: Partial<RunOptions>;
}

export interface FinishedWork {
  /** Where the attempt began; default the integration head. */
  from?: CommitId;
  reads?: Read[];
}

export interface GivenSite extends Omit<GivenRepository, 'folder'>, Site {
  folder: string;
  clock: TestClock;
  lane: Lane;
  /** Who holds the claims of {@link finish}. */
  agentId: string;
  inSheet<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Claims a task, commits the files on its attempt's branch and puts it into the landing queue. */
  finish(taskId: string, files: Files, work?: FinishedWork): Promise<Landing>;
  /** One round of the landing queue. */
  land(signal?: AbortSignal): Promise<Round>;
  task(id: string): Promise<Task>;
  /** The landing of a task's newest attempt. */
  landing(taskId: string): Promise<Landing>;
  events(type?: string): Promise<Event[]>;
  integrationHead(): CommitId;
  /** A file's text on the integration branch; undefined where there is none. */
  landedFile(path: string): Promise<string | undefined>;
  /** What `countedGate` has run on, by its working directory's commit. */
  gateRuns(): string[];
  /** Closes the sheet and opens it again, after `between` has been at its file. The one before is of no use then. */
  reopen(between?: (sheetFile: string) => void): Promise<GivenSite>;
}

/** A gate that notes each of its runs, and passes when the shell command does. */
export function countedGate(command: string): string {
  return `git rev-parse HEAD >> "$GATE_RUNS"; ${command}`;
}

/** A repository with a sheet, a run of these tasks and its integration branch, as an engine finds them. */
export async function givenSite(wishes: SiteWishes = {}): Promise<GivenSite> {
  const given = await givenRepository(wishes.files);
  const clock = testClock();
  await putReadySheet(join(given.root, '.git/callsheet/sheet.db'));
  const sheet = await openSheet(given.root, { env: {}, clock });
  const run = await givenRun(sheet.store, given, wishes);
  await given.repository.updateRef(integrationRef(run.id), given.base, undefined);
  const agentId = await sheet.store.transaction(
    async (tx) => (await registerAgent(tx, { role: 'worker', driver: 'command', runId: run.id })).agent.id,
  );
  return siteOn({ given, clock, run, agentId }, sheet);
}

async function givenRun(store: Store, given: GivenRepository, wishes: SiteWishes): Promise<Run> {
  const wanted = wishes.tasks ?? ['a', 'b'];
  const tasks = wanted.map((task) => (typeof task === 'string' ? { id: task } : task));
  return store.transaction(async (tx) => {
    const run = await createRun(tx, {
      id: await tx.nextId('run'),
      baseCommit: given.base,
      baseBranch: 'main',
      baseGate: wishes.baseGate ?? (wishes.gate === undefined ? 'none' : 'green'),
      options: runOptions(given.folder, wishes),
    });
    await createTasks(
      tx,
      tasks.map((task) => ({ title: `Do ${task.id}`, spec: `Do ${task.id}.`, ...task, runId: run.id })),
    );
    await revisePlan(tx, run, { reason: 'the plan it began with', tasks: tasks.map((task) => task.id) });
    return run;
  });
}

function runOptions(folder: string, { gate, options }: SiteWishes): RunOptions {
  return {
    agent: 'command:true',
    workers: 2,
    setupInputs: [],
    copy: [],
    keep: [],
    resources: {},
    workspaces: join(folder, 'repo.callsheet'),
    allowRedBase: false,
    startTimeoutMs: 60_000,
    silenceTimeoutMs: 60_000,
    taskTimeoutMs: 60_000,
    gateTimeoutMs: 60_000,
    ...(gate === undefined ? {} : { gate }),
    ...options,
    env: { GATE_RUNS: join(folder, 'gate-runs'), ...options?.env },
  };
}

interface Ground {
  given: GivenRepository;
  clock: TestClock;
  run: Run;
  agentId: string;
}

function siteOn(ground: Ground, sheet: Sheet): GivenSite {
  const { given, clock, run, agentId } = ground;
  const { store } = sheet;
  const { root, folder, repository } = given;
  const env = cleanEnvironment(process.env, { repositoryRoot: root });
  const site: Site = { store, repository, run, sheetFolder: sheet.folder, env };
  const lane = openLane(site);
  let isOpen = true;
  const inSheet = <T>(work: (tx: Transaction) => Promise<T>) => store.transaction(work);
  const integrationHead = () => given.git('rev-parse', integrationRef(run.id));
  const runs = join(folder, 'gate-runs');
  return {
    ...given,
    ...site,
    ...{ clock, lane, agentId, inSheet, integrationHead },
    finish: (taskId, files, work = {}) =>
      finish(site, agentId, { taskId, files, from: integrationHead(), ...work }),
    land: (signal) => landWaiting(site, lane, signal),
    task: (id) => requireTask(store, id),
    async landing(taskId) {
      const newest = (await findLandings(store, { taskId })).at(-1);
      if (newest === undefined) throw new Error(`${taskId} has never been in the queue`);
      return newest;
    },
    events: (type) => findEvents(store, type === undefined ? {} : { type }),
    landedFile: async (path) => (await repository.fileAt(integrationHead(), path))?.toString('utf8'),
    gateRuns: () => (existsSync(runs) ? readFileSync(runs, 'utf8').trimEnd().split('\n') : []),
    async reopen(between) {
      isOpen = false;
      await store.close();
      between?.(sheet.file);
      return siteOn(ground, await openSheet(root, { env: {}, clock }));
    },
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      await store.close();
      await given[Symbol.asyncDispose]();
    },
  };
}

async function finish(
  site: Site,
  agentId: string,
  work: FinishedWork & { taskId: string; files: Files; from: CommitId },
): Promise<Landing> {
  const { store, repository } = site;
  const granted = await store.transaction((tx) =>
    claimTask(tx, work.taskId, { id: agentId, name: agentId }, DEFAULT_LEASE_MS),
  );
  if (granted === undefined)
    throw new Error(`${work.taskId} is ${(await requireTask(store, work.taskId)).state}`);
  const claim: Claim = { taskId: granted.taskId, attempt: granted.attempt };
  const headCommit = await commitWork(site, claim, work);
  const paths = (await repository.changedPaths(work.from, headCommit)).map((each) => each.path);
  return store.transaction(async (tx) => {
    await describeAttempt(tx, claim, { baseCommit: work.from, headCommit });
    await recordReads(tx, claim, work.reads ?? []);
    await recordResult(tx, claim, {
      summary: `Did ${claim.taskId}.`,
      files: paths,
      findings: [],
      commit: headCommit,
    });
    await sendToLanding(tx, claim);
    return enqueueLanding(tx, { ...claim, runId: site.run.id, headCommit, baseCommit: work.from, paths });
  });
}

async function commitWork(
  site: Site,
  claim: Claim,
  { files, from }: { files: Files; from: CommitId },
): Promise<CommitId> {
  const path = attemptFolder(site, claim);
  await site.repository.addWorktree({
    path,
    branch: attemptBranch(site.run.id, claim.taskId, claim.attempt),
    commit: from,
  });
  writeFiles(path, files);
  const commit = await site.repository.commitAll(path, `Work on ${claim.taskId}\n`);
  await site.repository.removeWorktree(path);
  return commit ?? from;
}
