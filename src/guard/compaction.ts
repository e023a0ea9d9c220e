import { recordCheckpoint } from '../checkpoint/index.js';
import { getValue, setValue } from '../note/index.js';
import type { Agent } from '../agent/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { findTasks } from '../task/index.js';
import { plainText } from '../text/index.js';
import { filesWrittenBy } from '../write/index.js';
import type { Guard, Step } from './guard.js';

const LONGEST_SUMMARY = 2_000;
const MOST_FILES = 30;

/** What a client is asked to keep when it shortens a session's memory. */
export const KEEP_IN_SUMMARY =
  'Keep in the summary: the decisions taken and why, what is still open, and which files you have changed. What you hold in callsheet (task, locks, messages) is told to you again.';

/**
 * A session's memory was shortened to a summary: it becomes a checkpoint of the task that it holds, from which whoever
 * takes that up later goes on; without a task, a named value of the session.
 */
export async function keepSummary({ store }: Guard, { agent }: Step, summary: string): Promise<void> {
  const text = plainText(summary)
    .replace(/<\/?(?:summary|analysis)>/g, '')
    .trim()
    .slice(0, LONGEST_SUMMARY);
  if (text === '') return;
  await store.transaction(async (tx) => {
    const tasks = await findTasks(tx, { claimedBy: agent.id });
    const files = (await filesWrittenBy(tx, agent.id)).slice(0, MOST_FILES);
    for (const { id, attempt } of tasks) {
      const next = files.length === 0 ? '' : `It has written ${files.join(', ')}.`;
      await recordCheckpoint(tx, { taskId: id, attempt, done: text, next, questions: [] });
    }
    if (tasks.length === 0) await setValue(tx, keyOf(agent.name), text, { agentId: agent.id, files });
  });
}

/** The summary that a session without a task was shortened to last. */
export async function keptSummary(reader: Reader, name: string): Promise<string | undefined> {
  return (await getValue(reader, keyOf(name)))?.text;
}

/** A session keeps its summary under another name. */
export async function carrySummary(tx: Transaction, { id, name }: Agent, newName: string): Promise<void> {
  const kept = await getValue(tx, keyOf(name));
  if (kept !== undefined) await setValue(tx, keyOf(newName), kept.text, { agentId: id, files: kept.files });
}

function keyOf(name: string): string {
  return `session:${name}`;
}
