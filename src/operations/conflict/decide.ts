import { findAgent } from '../../agent/index.js';
import { decideConflict, KEPT, keptInWords, type Conflict, type Kept } from '../../conflict/index.js';
import { resolveRecipient, sendMessage, type Message } from '../../message/index.js';
import { defined, type Transaction } from '../../store/index.js';
import { hasEnded, requireTask } from '../../task/index.js';
import { shellWord, shownNames } from '../../text/index.js';
import { reopenFor } from '../message/reopen.js';
import { requireAgent } from '../names.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { agentOf, landingOf } from './document.js';
import { CONFLICT_ID } from './fields.js';
import { handOver } from './hand-over.js';

interface Decided {
  conflict: string;
  task: string;
  keep: Kept;
  reason: string;
  /** Who brings the two together now, when it was given to somebody. */
  by?: string;
  /** The task that was opened again, and what carries its run on. */
  reopened?: string;
  resume?: string;
}

export const conflictDecide = defineOperation({
  name: 'conflict.decide',
  rights: LEADERS,
  instead: 'Say what you think: callsheet send QUESTION --to lead "…"',
  help: 'Decide which side of a conflict gives way, or who brings the two together; it ends when the work lands',
  examples: [
    'callsheet conflict decide conflict-1 --keep both "Both limits are wanted"',
    'callsheet conflict decide conflict-1 --keep landed --by bo "bo knows the parser"',
  ],
  input: {
    id: CONFLICT_ID,
    reason: {
      kind: 'text',
      positional: true,
      required: true,
      maxChars: 4_000,
      help: 'Why, for whoever does it',
    },
    keep: {
      kind: 'choice',
      choices: KEPT,
      required: true,
      help: 'What stands where the two differ: what has landed, what the task did, or the intent of both',
    },
    by: {
      kind: 'name',
      placeholder: 'AGENT',
      help: 'Who does it; by default whoever holds the task, or takes it up',
    },
  },
  async run(context, { id, reason, keep, by }): Promise<Decided> {
    const from = await context.agentId();
    return context.sheet.store.transaction(async (tx) => {
      const conflict = await decideConflict(tx, id, { keep, reason, by: from });
      if (by !== undefined) await handOver(tx, context, { conflict, to: await requireAgent(tx, by), from });
      const message = await tellTask(tx, conflict, from);
      await tellOthers(tx, context, conflict, from);
      const task = await requireTask(tx, conflict.taskId);
      const opened = hasEnded(task.state) ? await reopenFor(tx, context, task, message) : {};
      return defined({ conflict: id, task: task.id, keep, reason, by, ...opened });
    });
  },
  show: ({ conflict, task, by, reopened, resume }) =>
    [
      `${conflict} is decided; ${by ?? `whoever holds ${task}`} is told, and it ends when ${task} has landed.`,
      ...(reopened === undefined ? [] : [`${task} is open again.`]),
      ...(resume === undefined ? [] : [`It goes on with: ${resume}`]),
    ].join(' '),
});

/** Whoever holds the task, or takes it up next, hears what was decided and how it is done. */
async function tellTask(tx: Transaction, conflict: Conflict, from: string): Promise<Message> {
  const { taskId, paths } = conflict;
  const { attempt, runId } = await requireTask(tx, taskId);
  return sendMessage(tx, {
    type: 'INSTRUCTION',
    from,
    to: await resolveRecipient(tx, taskId, { mayWait: true }),
    written: taskId,
    ...{ taskId, attempt, ...defined({ runId }) },
    body: `${inWords(conflict)}${await wayOf(tx, conflict)}`,
    data: { paths: paths.slice(0, MOST_PATHS) },
    priority: 2,
  });
}

const MOST_PATHS = 20;

function inWords({ id, taskId, otherTaskIds, paths, decision }: Conflict): string {
  const against = otherTaskIds.length === 0 ? 'what landed' : shownNames(otherTaskIds, 5);
  const where = `${id} (${taskId} with ${against} in ${shownNames(paths, 5)})`;
  const kept = decision === undefined ? '' : `: ${keptInWords(decision.keep)}.\nWhy: ${decision.reason}`;
  return `${where} is decided${kept}`;
}

/** How a session brings the two together; in a run the brief says it. */
async function wayOf(tx: Transaction, { taskId, attempt }: Conflict): Promise<string> {
  const landing = await landingOf(tx, taskId, ['conflicted'], attempt);
  if (landing?.session === undefined) return '';
  const { branch, into } = landing.session;
  const [from, onto] = [shellWord(branch), shellWord(into)];
  return [
    `\nThe work is on ${from} (${landing.headCommit.slice(0, 10)}). Bring ${onto} into it: git switch ${from} && git merge ${onto}.`,
    ` Solve it as decided, then land it: callsheet land --branch ${from} --into ${onto} --task ${taskId}`,
  ].join('');
}

/** Those who did the other side, as far as they still work here. */
async function tellOthers(
  tx: Transaction,
  { actor }: Context,
  conflict: Conflict,
  from: string,
): Promise<void> {
  const { id, taskId, otherTaskIds, paths } = conflict;
  const holder = (await requireTask(tx, taskId)).claimedBy;
  const did = await Promise.all(otherTaskIds.map((other) => agentOf(tx, other)));
  for (const agentId of new Set(did)) {
    if (agentId === undefined || agentId === from || agentId === holder) continue;
    if ((await findAgent(tx, agentId))?.endedAt !== undefined) continue;
    await sendMessage(tx, {
      type: 'CONFLICT',
      from,
      to: [agentId],
      taskId,
      body: `${actor.name}: ${inWords(conflict)}`,
      data: { conflict: id, tasks: [taskId, ...otherTaskIds], paths: paths.slice(0, MOST_PATHS) },
    });
  }
}
