import { CallsheetError } from '../error/index.js';
import type { CommitId, Repository } from '../git/index.js';
import { howItEnded, openLane, proveTwice } from '../landing/index.js';
import { declareResource } from '../lock/index.js';
import { cleanEnvironment, identityOf, isAlive } from '../process/index.js';
import { createRun, revisePlan, takeOverRun, type Run } from '../run/index.js';
import { defined, type Store, type Transaction } from '../store/index.js';
import { adoptTasks, createTasks } from '../task/index.js';
import { tailOf } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import { freshIds } from './ids.js';
import type { Proposal } from './proposal.js';
import { ensureIntegrationBranch } from './recover.js';

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
  say(line: string): void;
}

/**
 * Tests the base, records the run with its tasks, and makes the calling process its engine.
 * @throws {CallsheetError} `BASE_RED` with the gate's last output: nothing is recorded then.
 */
export async function beginRun(beginning: Beginning): Promise<Site> {
  const { store, repository, proposal, head } = beginning;
  const id = await store.transaction((tx) => tx.nextId('run'));
  const baseCommit = await baseOf(beginning, id);
  const draft: Run = {
    id,
    state: 'running',
    baseCommit,
    baseBranch: head.branch,
    options: proposal.options,
    baseGate: 'none',
    epoch: 0,
    createdAt: store.clock.now(),
    ...defined({ goal: proposal.goal, approach: proposal.approach }),
  };
  const site: Site = {
    store,
    repository,
    run: draft,
    sheetFolder: beginning.sheetFolder,
    env: cleanEnvironment(process.env, { repositoryRoot: repository.root }),
  };
  const baseGate = await testBase(site, beginning);
  await store.transaction((tx) => record(tx, beginning, { ...draft, baseGate }));
  const run = await takeOver(store, id);
  const begun = { ...site, run };
  await ensureIntegrationBranch(begun);
  return begun;
}

/** Makes this process the engine of a run. @throws {CallsheetError} `ENGINE_RUNNING`. */
export async function takeOver(store: Store, runId: string): Promise<Run> {
  const self = identityOf(process.pid);
  if (self === undefined) throw new Error('This process cannot tell when it started.');
  return store.transaction((tx) => takeOverRun(tx, runId, self, isAlive));
}

async function baseOf({ repository, head, withChanges }: Beginning, runId: string): Promise<CommitId> {
  if (!withChanges) return head.commit;
  const saved = await repository.save(repository.root, {
    message: `Uncommitted changes on ${head.branch}, the base of ${runId}`,
  });
  if (saved.leftOut.length === 0) return saved.commit;
  throw new CallsheetError(
    'CHANGES_LEFT_OUT',
    `These changes cannot be part of the base: ${saved.leftOut.map((each) => `${each.path} (${each.reason})`).join(', ')}. Nothing was started.`,
    {
      hint: 'Commit or remove them, or run without --with-changes.',
    },
  );
}

async function testBase(site: Site, { signal, say }: Beginning): Promise<Run['baseGate']> {
  const { gate, allowRedBase } = site.run.options;
  if (gate === undefined) return 'none';
  say(`Testing the base ${site.run.baseCommit.slice(0, 10)}: ${gate}`);
  const lane = openLane(site);
  try {
    const evidence = await proveTwice(site, lane, site.run.baseCommit, gate, signal);
    if (evidence.isFlaky)
      say('The gate was red, then green on the same tree: it is flaky, and its red proves less.');
    if (evidence.isGreen) return evidence.isFlaky ? 'flaky' : 'green';
    if (allowRedBase) return 'red';
    throw new CallsheetError(
      'BASE_RED',
      `The gate \`${gate}\` ${howItEnded(evidence)} on the base, before any agent changed anything:\n${tailOf(evidence.outputTail, 20)}\nNothing was started.`,
      {
        hint: 'Prepare workspaces (`setup:` in the plan or callsheet.config.yaml), mend the base, give another gate (--gate), or accept it (--allow-red-base).',
      },
    );
  } finally {
    await lane.close();
  }
}

async function record(tx: Transaction, { proposal, by }: Beginning, run: Run): Promise<void> {
  await createRun(tx, run);
  for (const [name, capacity] of Object.entries(run.options.resources))
    await declareResource(tx, name, capacity);
  const { plan, shape } = proposal;
  const ids =
    plan === undefined
      ? await adopt(tx, run, proposal)
      : await createPlanned(tx, run, plan.tasks, shape.pathMs, by);
  await revisePlan(tx, run, { reason: 'the plan it began with', tasks: ids, by });
}

async function adopt(tx: Transaction, run: Run, { shape }: Proposal): Promise<string[]> {
  return (await adoptTasks(tx, run.id, shape.pathMs)).map((task) => task.id);
}

async function createPlanned(
  tx: Transaction,
  run: Run,
  tasks: NonNullable<Proposal['plan']>['tasks'],
  pathMs: ReadonlyMap<string, number>,
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
      pathMs: pathMs.get(task.id) ?? 0,
      createdBy: by,
      ...defined({ parent: task.parent === undefined ? undefined : idOf(task.parent) }),
    })),
  );
  return created.map((task) => task.id);
}
