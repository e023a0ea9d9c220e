import { checkReferences } from './check-references.js';
import { checkKeys, field, present, readText } from './fields.js';
import type { Plan, PlanProblem } from './plan.js';
import { PREPARATION_KEYS, readPreparation } from './preparation.js';
import type { Problems } from './problems.js';
import { QUEUE_TASK_KEYS, readQueueTask } from './read-queue-task.js';
import { QUEUE_TOP_KEYS, readQueueTop } from './read-queue-top.js';
import { readSmallFile, refuseLargeText } from './read-small-file.js';
import { readTask, TASK_KEYS, type ReadTask } from './read-task.js';
import { readYaml } from './read-yaml.js';
import { planWarnings, shown, type WarningOptions } from './warnings.js';
import { kindOf, valueAt, type YamlMap } from './yaml-node.js';

const MAX_TASKS = 2_000;
export const PLAN_KEYS = ['goal', 'approach', 'tasks', ...PREPARATION_KEYS] as const;

const OTHER_WORDS = {
  workers: '`--workers N` on the command line',
  budget: '`--budget USD` on the command line',
  agent: '`--agent DRIVER` on the command line',
  model: '`model` in each task, or `--model M` on the command line',
};

export interface ReadPlan {
  plan: Plan;
  /** Doubts, at most one of each kind. */
  warnings: PlanProblem[];
}

/**
 * Reads a plan: YAML or JSON, in its own words or as a task queue (`description`, `status`, `dependencies`, …).
 * @throws {CallsheetError} `PLAN_INVALID` with every mistake, one a line and as `data`; `PLAN_TOO_LARGE` over 1 MB.
 */
export async function readPlan(text: string, options: WarningOptions): Promise<ReadPlan> {
  refuseLargeText(text, options.file, 'PLAN');
  const { root, problems } = await readYaml(text, options.file);
  if (root === undefined) return problems.fail('PLAN_INVALID');
  const { plan, claimed } = readTop(root, problems, options.joins === true);
  if (problems.list.length > 0) return problems.fail('PLAN_INVALID');
  return { plan, warnings: [...claimedWarning(claimed, options.file), ...planWarnings(plan, options)] };
}

/**
 * Reads a plan file.
 * @throws {CallsheetError} As {@link readPlan}; `PLAN_UNREADABLE` when it is missing or no regular file in UTF-8.
 */
export async function readPlanFile(
  path: string,
  options: Omit<WarningOptions, 'file'> & { file?: string } = {},
): Promise<ReadPlan> {
  const file = options.file ?? path;
  return readPlan(await readSmallFile(path, { file, what: 'PLAN' }), { ...options, file });
}

function readTop(root: YamlMap, problems: Problems, joins: boolean): { plan: Plan; claimed: ReadTask[] } {
  const maps = taskMaps(root, problems);
  const isQueue = isQueueFile(root, maps);
  checkKeys(
    root,
    isQueue ? [...PLAN_KEYS, ...QUEUE_TOP_KEYS] : PLAN_KEYS,
    problems,
    isQueue ? {} : OTHER_WORDS,
  );
  const claimed: ReadTask[] = [];
  const tasks = maps.map((map) => {
    if (!isQueue) return readTask(map, problems);
    const read = readQueueTask(map, problems);
    if (read.wasClaimed) claimed.push(read);
    return read;
  });
  checkReferences(tasks, problems, { joins });
  const plan = present<Plan>({
    goal: field(root, 'goal', problems, readText),
    approach: field(root, 'approach', problems, readText),
    ...readPreparation(root, problems),
    ...(isQueue ? readQueueTop(root, problems) : {}),
    tasks: tasks.map(({ task }) => task),
  });
  return { plan, claimed };
}

function taskMaps(root: YamlMap, problems: Problems): YamlMap[] {
  const node = valueAt(root, 'tasks');
  const example = '`tasks:` and a list of `- id: …`';
  if (node !== undefined && node.kind !== 'list') {
    problems.add(node.offset, 'WRONG_TYPE', `\`tasks\` is ${kindOf(node)}, not a list`, example);
    return [];
  }
  const items = node?.items ?? [];
  if (items.length === 0)
    problems.add(node?.offset ?? root.offset, 'NO_TASKS', 'The plan has no tasks', example);
  if (items.length > MAX_TASKS) {
    const said = `The plan has ${items.length} tasks, more than ${MAX_TASKS}`;
    problems.add(items[MAX_TASKS]?.offset ?? root.offset, 'TOO_MANY_TASKS', said, 'several plans');
    return [];
  }
  return items.flatMap((item) => {
    if (item.kind === 'map') return [item];
    problems.add(
      item.offset,
      'WRONG_TYPE',
      `A task is ${kindOf(item)}, not a mapping`,
      '`- id: …` with its `spec`',
    );
    return [];
  });
}

/** A queue file is one with a word that only such files have, and without a word that only plans have. */
function isQueueFile(root: YamlMap, tasks: readonly YamlMap[]): boolean {
  const has = (only: readonly string[], not: readonly string[]): boolean =>
    tasks.some(({ entries }) => entries.some(({ key }) => only.includes(key) && !not.includes(key)));
  if (has(TASK_KEYS, QUEUE_TASK_KEYS)) return false;
  const tops: readonly string[] = QUEUE_TOP_KEYS;
  return (
    has(QUEUE_TASK_KEYS, TASK_KEYS) || root.entries.some(({ key }) => tops.includes(key) && key !== 'model')
  );
}

function claimedWarning(claimed: readonly ReadTask[], file: string): PlanProblem[] {
  const [first] = claimed;
  if (first === undefined) return [];
  const ids = shown(
    claimed.map(({ task }) => task.id),
    20,
  );
  const message = `Nobody here holds the tasks marked claimed; they are open: ${ids}`;
  return [
    {
      file,
      line: first.task.line,
      column: 1,
      code: 'CLAIMED_ELSEWHERE',
      message,
      instead: '`available`, or `done`',
    },
  ];
}
