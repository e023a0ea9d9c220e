import {
  booleanOf,
  defined,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  textListOf,
  textOf,
  type Reader,
  type Row,
} from '../store/index.js';
import { selectOutlines, selectReadyOfRun } from './task.sql.js';
import { TASK_STATES, type Task, type TaskState } from './task.js';

/** What decides whether a task can begin, and beside what: without its texts and its result. */
export type TaskOutline = Pick<
  Task,
  | 'id'
  | 'state'
  | 'priority'
  | 'files'
  | 'exclusive'
  | 'resources'
  | 'speciality'
  | 'assignee'
  | 'estimateMs'
  | 'pathMs'
>;

/** Ready tasks of a run in the order in which they should start: longest way to the end, then priority. */
export async function findReady(
  reader: Reader,
  runId: string,
  nowMs: number,
  limit: number,
): Promise<TaskOutline[]> {
  return (await reader.all(selectReadyOfRun(runId, nowMs, limit))).map(toOutline);
}

/** Tasks of a run in these states, in the order of their creation. */
export async function findOutlines(
  reader: Reader,
  runId: string,
  states: readonly TaskState[],
): Promise<TaskOutline[]> {
  return (await reader.all(selectOutlines(runId, states))).map(toOutline);
}

function toOutline(row: Row): TaskOutline {
  return defined({
    id: textOf(row, 'id'),
    state: oneOf(row, 'state', TASK_STATES),
    priority: numberOf(row, 'priority'),
    files: textListOf(row, 'files'),
    exclusive: booleanOf(row, 'exclusive'),
    resources: textListOf(row, 'resources'),
    speciality: optionalText(row, 'speciality'),
    assignee: optionalText(row, 'assignee'),
    estimateMs: optionalNumber(row, 'estimate_ms'),
    pathMs: numberOf(row, 'path_ms'),
  });
}
