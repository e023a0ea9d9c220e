import { parseConfig, proposedSetup, readConfig, CONFIG_FILE, type Config } from '../config/index.js';
import { usageError } from '../error/index.js';
import type { CommitId, Repository } from '../git/index.js';
import {
  readPlanFile,
  shapeOf,
  type Plan,
  type PlannedTask,
  type PlanProblem,
  type PlanShape,
  type ReadPlan,
  type ShapedTask,
  textOfSmallFile,
} from '../plan/index.js';
import type { RunOptions } from '../run/index.js';
import { defined, type Store } from '../store/index.js';
import { findTasks, type Task } from '../task/index.js';
import { runOptionsOf, type RunWishes } from './options.js';
import { obstacleOf, type Obstacle } from './obstacle.js';

/** What a run would do, before anything is done. */
export interface Proposal {
  plan?: Plan;
  /** The plan's tasks, or those that wait in the sheet. */
  tasks: ProposedTask[];
  shape: PlanShape;
  warnings: PlanProblem[];
  options: RunOptions;
  /** What the plan and the repository's configuration would make run: a person agrees to it first. */
  asks: string[];
  /** How many attempts a task has that states none. */
  attempts?: number;
  /** Found from the lock files, when nothing states one: shown, never run unasked. */
  proposedSetup?: string;
  goal?: string;
  approach?: string;
}

export type ProposedTask = Pick<
  PlannedTask | Task,
  'id' | 'title' | 'after' | 'files' | 'priority' | 'gate'
> & { estimateMs?: number; parent?: string };

export interface Proposing {
  /** Missing when there is an obstacle. */
  proposal?: Proposal;
  /** As far as they are known in spite of the obstacles. */
  options: RunOptions;
  obstacles: Obstacle[];
}

const NO_CONFIG: Config = { copy: [], keep: [], env: {}, resources: {} };

/** Reads plan and configuration, and works out what they come to; what is wrong with either is an obstacle. */
export async function propose(store: Store, repository: Repository, wishes: RunWishes): Promise<Proposing> {
  const obstacles: Obstacle[] = [];
  const orElse = <T>(made: Promise<T>, instead: T): Promise<T> =>
    made.catch((error: unknown) => {
      obstacles.push(obstacleOf(error));
      return instead;
    });
  const files = await filesOfBase(repository);
  const config = await orElse(configOf(repository), NO_CONFIG);
  const read = await orElse(planOf(wishes, files), undefined);
  const plan = read?.plan;
  const options = runOptionsOf(wishes, plan, config, repository.root);
  const isUnread = wishes.plan !== undefined && plan === undefined;
  const tasks = isUnread ? [] : await tasksToDo(store, plan);
  if (!isUnread && tasks.length === 0) obstacles.push(obstacleOf(nothingToRun(wishes)));
  if (obstacles.length > 0) return { options, obstacles };
  const setup =
    options.setup === undefined ? proposedSetup([...files].filter((path) => !path.includes('/'))) : undefined;
  const goal = wishes.goal ?? plan?.goal;
  const proposal: Proposal = {
    tasks,
    shape: shapeOf(withGroups(tasks)),
    warnings: read?.warnings ?? [],
    options,
    asks: asksOf(wishes, options, tasks, isStated(config, plan)),
    ...defined({ plan, proposedSetup: setup, goal, approach: plan?.approach, attempts: config.attempts }),
  };
  return { proposal, options, obstacles };
}

/** The files that the run begins with; empty without a commit. */
async function filesOfBase(repository: Repository): Promise<Set<string>> {
  const { commit } = await repository.head();
  return new Set(commit === undefined ? [] : await repository.filesAt(commit));
}

/** A bare repository has no checkout to read: what its branch says counts there. */
async function configOf(repository: Repository): Promise<Config> {
  if (!repository.isBare) return readConfig(repository.root);
  const { commit } = await repository.head();
  return commit === undefined ? NO_CONFIG : configAt(repository, commit);
}

/** The configuration as a commit has it. @throws {CallsheetError} `CONFIG_INVALID`, `CONFIG_UNREADABLE`. */
export async function configAt(repository: Repository, commit: CommitId): Promise<Config> {
  const content = await repository.fileAt(commit, CONFIG_FILE);
  return content === undefined
    ? NO_CONFIG
    : parseConfig(textOfSmallFile(content, { file: CONFIG_FILE, what: 'CONFIG' }));
}

/** A task that uses a file which only another task creates should wait for that one; what is there already needs nobody. */
async function planOf(wishes: RunWishes, files: ReadonlySet<string>): Promise<ReadPlan | undefined> {
  if (wishes.plan === undefined) return undefined;
  return readPlanFile(wishes.plan, {
    existsInBase: (path) => files.has(path),
    ...defined({ file: wishes.planName }),
  });
}

/** A group has no work of its own: it takes no time, and ends when its children have. */
function withGroups(tasks: readonly ProposedTask[]): ShapedTask[] {
  return tasks.map((task) => {
    const children = tasks.filter((each) => each.parent === task.id).map((each) => each.id);
    return children.length === 0
      ? task
      : { ...task, estimateMs: 0, after: [...new Set([...task.after, ...children])] };
  });
}

async function tasksToDo(store: Store, plan: Plan | undefined): Promise<ProposedTask[]> {
  if (plan !== undefined) return plan.tasks.filter((task) => !task.isDone);
  return findTasks(store, { standAlone: true, states: ['waiting', 'ready'] });
}

export function nothingToRun(wishes: Pick<RunWishes, 'plan' | 'planName' | 'goal'>): Error {
  if (wishes.plan !== undefined) {
    return usageError(
      'NOTHING_TO_RUN',
      `Every task of ${wishes.planName ?? wishes.plan} is done already. Nothing was started.`,
      'Add a task to the plan.',
    );
  }
  const why = wishes.goal === undefined ? 'There is no plan' : 'A goal alone is no plan yet';
  return usageError(
    'NOTHING_TO_RUN',
    `${why}, and no task waits in the sheet. Nothing was started.`,
    'Write the tasks down (docs/plan-file.md) and give them: --plan FILE; or add some: callsheet task add "TITLE" --spec "…"',
  );
}

interface Stated {
  gate: boolean;
  workspaces: boolean;
}

function isStated(config: Config, plan: Plan | undefined): Stated {
  return {
    gate: (plan?.gate ?? config.gate) !== undefined,
    workspaces: (plan?.workspaces ?? config.workspaces) !== undefined,
  };
}

/**
 * What others wrote and would run code on this machine, or reach beyond the run's own folders: commands, the agent,
 * variables (`NODE_OPTIONS` and the like load code), the place of workspaces, the branch that is landed into. What
 * the person typed is theirs.
 */
function asksOf(
  wishes: RunWishes,
  options: RunOptions,
  tasks: readonly ProposedTask[],
  stated: Stated,
): string[] {
  const asks: (string | false | undefined)[] = [
    wishes.agent === undefined && `agent: ${options.agent}`,
    options.setup !== undefined && `setup: ${options.setup}`,
    wishes.gate === undefined && stated.gate && `gate: ${options.gate ?? ''}`,
    ...tasks.map(({ id, gate }) => gate !== undefined && `gate of ${id}: ${gate}`),
    ...Object.entries(options.env).map(([name, value]) => `env: ${name}=${value}`),
    stated.workspaces && `workspaces: ${options.workspaces}`,
    wishes.into === undefined && options.into !== undefined && `into: ${options.into}`,
  ];
  return asks.filter((ask): ask is string => typeof ask === 'string');
}
