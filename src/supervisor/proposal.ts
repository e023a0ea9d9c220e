import { readdir } from 'node:fs/promises';
import { proposedSetup, readConfig } from '../config/index.js';
import { usageError } from '../error/index.js';
import type { Repository } from '../git/index.js';
import { readPlanFile, shapeOf, type Plan, type PlannedTask, type PlanProblem, type PlanShape } from '../plan/index.js';
import type { RunOptions } from '../run/index.js';
import type { Store } from '../store/index.js';
import { findTasks, type Task } from '../task/index.js';
import { runOptionsOf, type RunWishes } from './options.js';

/** What a run would do, before anything is done. */
export interface Proposal {
  plan?: Plan;
  /** The plan's tasks, or those that wait in the sheet. */
  tasks: ProposedTask[];
  shape: PlanShape;
  warnings: PlanProblem[];
  options: RunOptions;
  /** Found from the lock files, when nothing states one: shown, never run unasked. */
  proposedSetup?: string;
  goal?: string;
  approach?: string;
}

export type ProposedTask = Pick<PlannedTask | Task, 'id' | 'title' | 'after' | 'files' | 'priority'> & { estimateMs?: number };

/**
 * Reads plan and configuration, and works out what they come to.
 * @throws {CallsheetError} `PLAN_INVALID`, `CONFIG_INVALID`, `NOTHING_TO_RUN`.
 */
export async function propose(store: Store, repository: Repository, wishes: RunWishes): Promise<Proposal> {
  const config = await readConfig(repository.root);
  const read = wishes.plan === undefined ? undefined : await readPlanFile(wishes.plan, await baseFiles(repository));
  const plan = read?.plan;
  const tasks = plan?.tasks.filter((task) => !task.isDone) ?? (await findTasks(store, { standAlone: true, states: ['waiting', 'ready'] }));
  if (tasks.length === 0) throw nothingToRun(wishes);
  const options = runOptionsOf(wishes, plan, config, repository.root);
  const setup = options.setup === undefined ? proposedSetup(await readdir(repository.root)) : undefined;
  const goal = wishes.goal ?? plan?.goal;
  return {
    tasks,
    shape: shapeOf(tasks),
    warnings: read?.warnings ?? [],
    options,
    ...(plan === undefined ? {} : { plan }),
    ...(setup === undefined ? {} : { proposedSetup: setup }),
    ...(goal === undefined ? {} : { goal }),
    ...(plan?.approach === undefined ? {} : { approach: plan.approach }),
  };
}

/** A task that uses a file which only another task creates should wait for that one; what is there already needs nobody. */
async function baseFiles(repository: Repository): Promise<{ existsInBase?: (path: string) => boolean }> {
  const { commit } = await repository.head();
  if (commit === undefined) return {};
  const files = new Set(await repository.filesAt(commit));
  return { existsInBase: (path) => files.has(path) };
}

function nothingToRun(wishes: RunWishes): Error {
  if (wishes.plan !== undefined) {
    return usageError('NOTHING_TO_RUN', `Every task of ${wishes.plan} is done already. Nothing was started.`, 'Add a task to the plan.');
  }
  return usageError(
    'NOTHING_TO_RUN',
    'There is no plan, and no task waits in the sheet. Nothing was started.',
    'Write the tasks down (docs/plan-file.md) and give them: --plan FILE; or add some: callsheet task add "TITLE" --spec "…"',
  );
}

/** Every command that the run would run and that a plan or the repository's configuration brought. */
export function commandsOf(proposal: Proposal): string[] {
  const { gate, setup } = proposal.options;
  const own = (proposal.plan?.tasks ?? []).map((task) => task.gate);
  return [...new Set([setup, gate, ...own])].filter((command) => command !== undefined);
}
