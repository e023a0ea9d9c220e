import { usageError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { defined, numberOf, sql, type Transaction } from '../store/index.js';
import { requireAcyclic } from './cycle.js';
import { findTasks, requireTask } from './find.js';
import { insertDependency, insertTaskRow, updateTask, type Columns } from './task.sql.js';
import type { Task, TaskKind } from './task.js';

export interface NewTask {
  id: string;
  runId?: string;
  planKey?: string;
  title: string;
  spec: string;
  kind?: TaskKind;
  files?: string[];
  /** Ids of tasks that must be done first. */
  after?: string[];
  priority?: number;
  estimateMs?: number;
  pathMs?: number;
  speciality?: string;
  assignee?: string;
  model?: string;
  parent?: string;
  /** The task whose work it reviews. */
  reviews?: string;
  isGroup?: boolean;
  attempts?: number;
  timeoutMs?: number;
  gate?: string;
  exclusive?: boolean;
  resources?: string[];
  output?: unknown;
  /** Recorded as done already. */
  isDone?: boolean;
  createdBy?: string;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Ids name branches and folders, so they are what both allow. */
export function isTaskId(text: string): boolean {
  return (
    ID.test(text) && !text.includes('..') && !text.endsWith('.') && !text.toLowerCase().endsWith('.lock')
  );
}

/**
 * Adds tasks with their dependencies, which may point at each other. The caller has checked that the new tasks
 * have no cycle among themselves.
 * @throws {CallsheetError} `TASK_ID_INVALID`, `TASK_EXISTS`, `TASK_UNKNOWN` for a dependency that does not exist.
 */
export async function createTasks(tx: Transaction, tasks: NewTask[]): Promise<Task[]> {
  for (const task of tasks) await insertTask(tx, task);
  for (const task of tasks) await connect(tx, task);
  const created: Task[] = [];
  for (const task of tasks) {
    const full = await requireTask(tx, task.id);
    await appendEvent(tx, { type: 'task.created', ...refOf(full), data: { task: full } });
    created.push(full);
  }
  return created;
}

function refOf(task: Task) {
  return { taskId: task.id, ...(task.runId === undefined ? {} : { runId: task.runId }) };
}

async function insertTask(tx: Transaction, task: NewTask): Promise<void> {
  if (!isTaskId(task.id)) {
    throw usageError(
      'TASK_ID_INVALID',
      `“${task.id}” cannot be a task's id. No task was added.`,
      'Use letters, digits, `.`, `_` and `-`, at most 64, beginning with a letter or digit.',
    );
  }
  const known = await tx.get(sql`select 1 as known from task where id = ${task.id}`);
  if (known !== undefined) {
    throw usageError(
      'TASK_EXISTS',
      `A task ${task.id} exists already. No task was added.`,
      `Choose another id, or look at it: callsheet task show ${task.id}`,
    );
  }
  await tx.run(insertTaskRow(columnsOf(task, tx.now)));
}

// What a task does not say is left to the defaults of the table.
function columnsOf(task: NewTask, nowMs: number): Columns {
  return defined({
    id: task.id,
    run_id: task.runId,
    plan_key: task.planKey,
    title: task.title,
    spec: task.spec,
    kind: task.kind ?? 'implement',
    // Inserted as ready or done; `connect` makes it wait when it has something to wait for.
    state: task.isDone === true ? 'done' : 'ready',
    priority: task.priority,
    files: asJson(task.files),
    exclusive: task.exclusive === true ? 1 : 0,
    resources: asJson(task.resources),
    speciality: task.speciality,
    assignee: task.assignee,
    model: task.model,
    parent_id: task.parent,
    reviews: task.reviews,
    is_group: task.isGroup === true ? 1 : 0,
    gate: task.gate,
    timeout_ms: task.timeoutMs,
    output_schema: asJson(task.output),
    max_attempts: task.attempts,
    estimate_ms: task.estimateMs,
    path_ms: Math.round(task.pathMs ?? task.estimateMs ?? 0),
    created_ms: nowMs,
    ended_ms: task.isDone === true ? nowMs : undefined,
    created_by: task.createdBy,
  });
}

function asJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

async function connect(tx: Transaction, task: NewTask): Promise<void> {
  for (const needs of new Set(task.after ?? [])) await addDependency(tx, task.id, needs);
  if (task.parent !== undefined) await adopt(tx, task.parent, task.id);
}

// A parent becomes a group that waits for its children.
async function adopt(tx: Transaction, parentId: string, childId: string): Promise<void> {
  const parent = await requireTask(tx, parentId);
  if (parent.state !== 'ready' && parent.state !== 'waiting') {
    throw usageError(
      'TASK_STARTED',
      `Task ${parentId} is ${parent.state} and can have no children now. No task was added.`,
      'Name a parent that has not begun.',
    );
  }
  await tx.run(updateTask(parentId, { is_group: 1 }));
  await addDependency(tx, parentId, childId);
}

/**
 * Makes a task wait for another. One that is done already is no hindrance.
 * @throws {CallsheetError} `TASK_CYCLE` with the cycle named, `TASK_UNKNOWN`, `TASK_STARTED`.
 */
export async function addDependency(tx: Transaction, taskId: string, needsId: string): Promise<void> {
  const task = await requireTask(tx, taskId);
  const needs = await requireTask(tx, needsId);
  await requireAcyclic(tx, task.id, needs.id);
  if (task.state !== 'ready' && task.state !== 'waiting' && task.state !== 'done') {
    throw usageError(
      'TASK_STARTED',
      `Task ${taskId} is ${task.state}; it cannot wait for ${needsId} any more. Nothing was changed.`,
      `Release it first: callsheet task release ${taskId} --attempt ${task.attempt}`,
    );
  }
  const { changes } = await tx.run(insertDependency(task.id, needs.id));
  if (changes === 0 || needs.state === 'done' || task.state === 'done') return;
  const row = await tx.get(sql`
    update task set open_dependencies = open_dependencies + 1, state = 'waiting' where id = ${task.id} returning open_dependencies`);
  if (numberOf(row ?? {}, 'open_dependencies') < 1)
    throw new Error(`Task ${taskId} counts no open dependency.`);
}

/** Takes the stand-alone tasks that have not begun into a run. Returns them in the order of their creation. */
export async function adoptTasks(
  tx: Transaction,
  runId: string,
  pathMs: ReadonlyMap<string, number>,
): Promise<Task[]> {
  const adopted = await findTasks(tx, { standAlone: true, states: ['waiting', 'ready'] });
  for (const task of adopted) {
    const way = Math.round(pathMs.get(task.id) ?? task.pathMs);
    await tx.run(updateTask(task.id, { run_id: runId, path_ms: way }));
    await appendEvent(tx, { type: 'task.adopted', runId, taskId: task.id, data: { state: task.state } });
  }
  return adopted;
}
