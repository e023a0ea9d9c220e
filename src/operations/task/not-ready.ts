import { CallsheetError } from '../../error/index.js';
import type { Reader } from '../../store/index.js';
import {
  countTasks,
  findTask,
  firstTasks,
  hasEnded,
  hasWorkedOn,
  holdsClaim,
  requireTask,
  STATES_BY_INTEREST,
  type Claimant,
  type Task,
} from '../../task/index.js';
import { namesOf } from '../names.js';

const MOST_NAMED = 20;
const OPEN_STATES = STATES_BY_INTEREST.filter((state) => !hasEnded(state));

/** Why there is nothing to claim: what waits on what, and who holds it. */
export async function nothingReady(reader: Reader, agent: Claimant): Promise<CallsheetError> {
  const counts = await countTasks(reader, null);
  const total = OPEN_STATES.reduce((sum, state) => sum + counts[state], 0);
  const open = await firstTasks(reader, [null], OPEN_STATES, MOST_NAMED, { isGroup: false });
  const reasons: string[] = [];
  for (const task of open) reasons.push(await reasonOf(reader, task, agent));
  if (total > open.length) reasons.push(`and ${total - open.length} more`);
  const why = reasons.length === 0 ? 'no stand-alone task is open' : reasons.join('; ');
  return new CallsheetError('NOTHING_READY', `Nothing is ready to be claimed: ${why}.`, {
    hint: reasons.length === 0 ? 'Add one: callsheet task add "…"' : 'Try again when one of these has ended.',
    data: { open: open.map(({ id, state, after }) => ({ id, state, after })) },
  });
}

/** Why a certain task cannot be claimed now, or undefined when it can. */
export async function notReady(
  reader: Reader,
  agent: Claimant,
  id: string,
): Promise<CallsheetError | undefined> {
  const task = await requireTask(reader, id);
  const isForOther = task.assignee !== undefined && task.assignee !== agent.name;
  const isFree = task.state === 'ready' && !task.isGroup && !isForOther && task.runId === undefined;
  if (isFree && !(await isOwnReview(reader, task, agent))) return undefined;
  const why = await reasonOf(reader, task, agent);
  return new CallsheetError('TASK_NOT_READY', `Not claimed: ${why}.`, {
    hint: `Look at it: callsheet task show ${task.id}`,
    data: { task: task.id, state: task.state, after: task.after },
  });
}

async function reasonOf(reader: Reader, task: Task, agent: Claimant): Promise<string> {
  if (holdsClaim(task.state)) return heldReason(reader, task);
  if (task.isGroup) return `${task.id} is a group and has no work of its own`;
  if (task.state === 'waiting') return `${task.id} waits for ${(await openNeeds(reader, task)).join(', ')}`;
  if (task.state !== 'ready')
    return `${task.id} is ${task.state}${task.reason === undefined ? '' : ` (${task.reason})`}`;
  if (task.runId !== undefined) return `${task.id} belongs to ${task.runId}, whose engine hands it out`;
  if (task.assignee !== undefined && task.assignee !== agent.name)
    return `${task.id} is meant for ${task.assignee}`;
  if (await isOwnReview(reader, task, agent))
    return `${task.id} reviews ${task.reviews ?? ''}, which ${agent.name} has worked on`;
  return `${task.id} is tried again shortly`;
}

/** Nobody reviews what they have worked on. */
async function isOwnReview(reader: Reader, { reviews }: Task, agent: Claimant): Promise<boolean> {
  return reviews !== undefined && hasWorkedOn(reader, reviews, agent.id);
}

async function heldReason(reader: Reader, task: Task): Promise<string> {
  const names = await namesOf(reader, [task.claimedBy]);
  const holder = names.get(task.claimedBy ?? '') ?? 'nobody';
  return `${task.id} is ${task.state}, held by ${holder} (attempt ${task.attempt})`;
}

/** `task-1 (running, held by ada)` for each dependency that is not done. */
async function openNeeds(reader: Reader, task: Task): Promise<string[]> {
  const needs: string[] = [];
  for (const id of task.after) {
    const need = await findTask(reader, id);
    if (need === undefined || need.state === 'done') continue;
    const names = await namesOf(reader, [need.claimedBy]);
    const holder = names.get(need.claimedBy ?? '');
    needs.push(`${id} (${need.state}${holder === undefined ? '' : `, held by ${holder}`})`);
  }
  return needs;
}
