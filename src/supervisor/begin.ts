import { join } from 'node:path';
import { CallsheetError } from '../error/index.js';
import { requireOwnFolder } from '../file/index.js';
import { boundedGit, type CommitId, type Repository } from '../git/index.js';
import { ensureIntegrationBranch, howItEnded, openLane, proveTwice, type Lane } from '../landing/index.js';
import { declareResource } from '../lock/index.js';
import { cleanEnvironment, systemProcesses, type Processes } from '../process/index.js';
import {
  changeOptions,
  createRun,
  revisePlan,
  takeOverRun,
  type Run,
  type RunChanges,
} from '../run/index.js';
import { defined, type Store, type Transaction } from '../store/index.js';
import { adoptTasks, createTasks } from '../task/index.js';
import { tailOf } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { markAsEngine } from './engine-mark.js';
import { clearLeft } from './clear-left.js';
import { freshIds, freshRunId } from './ids.js';
import { nothingToRun, type Proposal } from './proposal.js';
import { removeEmptyFolders } from './empty-folders.js';

export interface Beginning {
  store: Store;
  repository: Repository;
  sheetFolder: string;
  proposal: Proposal;
  head: { branch: string; commit: CommitId };
  /** The uncommitted changes of the checkout are part of the base. */
  withChanges: boolean;
  by: string;
  signal: AbortSignal;
  say: (line: string) => void;
  /** Default: this machine. */
  processes?: Processes;
}

/**
 * Tests the base, records the run with its tasks, and makes the calling process its engine. Without success nothing
 * is left of it but the evidence of the gate.
 * @throws {CallsheetError} `BASE_RED` with the gate's last output, `BASE_UNPREPARED`, `CHANGES_LEFT_OUT`,
 * `SHEET_FOLDER`.
 */
export async function beginRun(beginning: Beginning): Promise<Site> {
  const { store, repository, proposal, head } = beginning;
  await sayCleared(beginning);
  const id = await freshRunId(store, repository);
  requireOwnFolders(beginning.sheetFolder, id);
  // What is saved for the base is in nobody's way when it is interrupted.
  const baseCommit = await boundedGit({ signal: beginning.signal }, () => baseOf(beginning, id));
  const draft: Run = {
    id,
    state: 'running',
    baseCommit,
    baseBranch: head.branch,
    options: { ...proposal.options, ...(baseCommit === head.commit ? {} : { baseHead: head.commit }) },
    baseGate: 'none',
    epoch: 0,
    createdAt: store.clock.now(),
    ...defined({ goal: proposal.goal, approach: proposal.approach }),
  };
  const env = cleanEnvironment(process.env, { repositoryRoot: repository.root });
  const { sheetFolder, processes } = beginning;
  const site: Site = { store, repository, run: draft, sheetFolder, env, ...defined({ processes }) };
  markAsEngine(site);
  const lane = openLane(site);
  try {
    const baseGate = await testBase(site, lane, beginning);
    // The workspace in which the base was tested stays, warm, for the engine.
    return await begin(site, beginning, baseGate);
  } catch (error) {
    await lane.close();
    removeEmptyFolders(site);
    throw error;
  }
}

/** Found when the first agent starts, it would leave a run behind that cannot go on. */
function requireOwnFolders(sheetFolder: string, runId: string): void {
  for (const folder of ['bin', join('logs', runId)])
    requireOwnFolder(join(sheetFolder, folder), () => 'file');
}

// Its gate may still be busy: nobody would look for it before the next run.
async function sayCleared(beginning: Beginning): Promise<void> {
  for (const { workspace, reason } of await clearLeft(beginning)) {
    const { path, runId } = workspace;
    beginning.say(
      reason === undefined
        ? `Removed ${path}: ${runId} was killed before it began.`
        : `Left ${path}: ${reason}`,
    );
  }
}

async function begin(site: Site, beginning: Beginning, baseGate: Run['baseGate']): Promise<Site> {
  const { store, run: draft } = site;
  const run = await store.transaction(async (tx) => {
    await record(tx, beginning, { ...draft, baseGate });
    return takeOverIn(tx, draft.id, beginning.processes);
  });
  // Everything else git can tell again after a power cut, but not that there was a run.
  await store.flush();
  const begun = { ...site, run };
  await ensureIntegrationBranch(begun);
  return begun;
}

/**
 * Makes this process the engine of a run, which goes on with the changed options.
 * @throws {CallsheetError} `ENGINE_RUNNING`.
 */
export async function takeOver(
  store: Store,
  runId: string,
  changes: RunChanges = {},
  processes?: Processes,
): Promise<Run> {
  return store.transaction(async (tx) => {
    const run = await takeOverIn(tx, runId, processes);
    await changeOptions(tx, runId, changes);
    return { ...run, options: { ...run.options, ...changes } };
  });
}

async function takeOverIn(tx: Transaction, runId: string, processes = systemProcesses): Promise<Run> {
  const self = processes.self();
  if (self === undefined) throw new Error('This process cannot tell when it started.');
  return takeOverRun(tx, runId, self, (engine) => processes.isAlive(engine));
}

async function baseOf({ repository, head, withChanges }: Beginning, runId: string): Promise<CommitId> {
  if (!withChanges) return head.commit;
  const saved = await repository.save(repository.root, {
    message: `Uncommitted changes on ${head.branch}, the base of ${runId}`,
  });
  if (saved.leftOut.length > 0) throw changesLeftOut(saved.leftOut);
  return saved.tree === (await repository.treeOf(head.commit)) ? head.commit : saved.commit;
}

function changesLeftOut(leftOut: { path: string; reason: string }[]): CallsheetError {
  const list = leftOut.map((each) => `${each.path} (${each.reason})`).join(', ');
  return new CallsheetError(
    'CHANGES_LEFT_OUT',
    `These changes cannot be part of the base: ${list}. Nothing was started.`,
    {
      hint: 'Commit or remove them, or run without --with-changes.',
    },
  );
}

async function testBase(site: Site, lane: Lane, { signal, say }: Beginning): Promise<Run['baseGate']> {
  const { gate, allowRedBase } = site.run.options;
  if (gate === undefined) return 'none';
  say(`Testing the base ${site.run.baseCommit.slice(0, 10)}: ${gate}`);
  const evidence = await proveTwice(site, lane, site.run.baseCommit, gate, signal).catch((error: unknown) => {
    throw whyUntested(error, signal);
  });
  if (evidence.isFlaky)
    say('The gate was red, then green on the same tree: it is flaky, and its red proves less.');
  if (evidence.isGreen) return evidence.isFlaky ? 'flaky' : 'green';
  if (allowRedBase) {
    say(`The gate ${howItEnded(evidence)} on the base; the run begins all the same (--allow-red-base).`);
    return 'red';
  }
  const tail = tailOf(evidence.outputTail, 20).trim() || '(it printed nothing)';
  const whole = evidence.logFile === undefined ? '' : `\nThe whole output: ${evidence.logFile}`;
  throw new CallsheetError(
    'BASE_RED',
    `The gate \`${gate}\` ${howItEnded(evidence)} on the base, twice, before any agent changed anything:\n${tail}${whole}\nNothing was started.`,
    {
      hint: 'Prepare workspaces (`setup:` in the plan or callsheet.config.yaml), mend the base, give another gate (--gate), or accept it (--allow-red-base).',
    },
  );
}

/** An interruption is no failure of `setup`; a failure is told from the side of somebody who has no run yet. */
function whyUntested(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) {
    return new CallsheetError(
      'INTERRUPTED',
      'Interrupted while the base was tested. Nothing was started, and nothing is left of it.',
      { exit: 'interrupted' },
    );
  }
  if (!(error instanceof CallsheetError)) return error;
  if (error.code !== 'SETUP_FAILED' && !error.code.startsWith('COPY_')) return error;
  return new CallsheetError(
    'BASE_UNPREPARED',
    `The base could not be prepared for its gate. ${error.message.replace(' No agent was started.', '')}\nNothing was started.`,
    {
      hint: 'Correct `setup:` or `copy:` in the plan or callsheet.config.yaml, then run again.',
      cause: error,
    },
  );
}

async function record(tx: Transaction, { proposal, by }: Beginning, run: Run): Promise<void> {
  await createRun(tx, run);
  for (const [name, capacity] of Object.entries(run.options.resources))
    await declareResource(tx, name, capacity);
  const { plan } = proposal;
  const ids =
    plan === undefined
      ? await adopt(tx, run, proposal)
      : await createPlanned(tx, run, plan.tasks, proposal, by);
  // While the base was tested, another run may have taken the tasks that waited.
  if (ids.length === 0) throw nothingToRun({});
  await revisePlan(tx, run, { reason: 'the plan it began with', tasks: ids, by });
}

async function adopt(tx: Transaction, run: Run, { shape }: Proposal): Promise<string[]> {
  return (await adoptTasks(tx, run.id, shape.pathMs)).map((task) => task.id);
}

async function createPlanned(
  tx: Transaction,
  run: Run,
  tasks: NonNullable<Proposal['plan']>['tasks'],
  { shape, attempts }: Proposal,
  by: string,
): Promise<string[]> {
  const idOf = await freshIds(
    tx,
    tasks.map((task) => task.id),
  );
  const created = await createTasks(
    tx,
    tasks.map((task) => ({
      ...task,
      id: idOf(task.id),
      planKey: task.id,
      runId: run.id,
      after: task.after.map(idOf),
      pathMs: shape.pathMs.get(task.id) ?? 0,
      createdBy: by,
      ...defined({
        parent: task.parent === undefined ? undefined : idOf(task.parent),
        attempts: task.attempts ?? attempts,
      }),
    })),
  );
  return created.map((task) => task.id);
}
