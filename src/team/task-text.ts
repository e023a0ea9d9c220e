import { findNotes } from '../note/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { findTask, type Task } from '../task/index.js';
import { oneLine, plainText, quotedWithin, shownNames } from '../text/index.js';
import { historyOf, noteHistoryShown, shownHistory } from './task-history.js';

// About 1,500 tokens together.
const LONGEST_SPEC = 3_000;
const LONGEST_RESULTS = 1_500;
const LONGEST_DECISIONS = 900;
const MOST_DECISIONS = 6;

/** A task as it is given to the session that holds it now: what to do, on what it builds, and how to end it. */
export async function givenTask(tx: Transaction, task: Task, readerId: string): Promise<string> {
  const history = await historyOf(tx, task);
  await noteHistoryShown(tx, task, history, readerId);
  const parts = [
    `callsheet: ${task.id} is yours now (attempt ${task.attempt}): ${oneLine(plainText(task.title), 200)}`,
    quotedWithin(task.spec, LONGEST_SPEC),
    ...(plainText(task.spec).length > LONGEST_SPEC
      ? [`The whole of it: callsheet task show ${task.id}`]
      : []),
    ...(task.files.length === 0 ? [] : [`Files: ${shownNames(task.files)}`]),
    ...(await shownHistory(tx, history)),
    ...(await results(tx, task)),
    ...(await decisions(tx)),
    howToEnd(task),
  ];
  return parts.join('\n');
}

/** The commands that end a claim. */
export function howToEnd({ id, attempt, reviews }: Pick<Task, 'id' | 'attempt' | 'reviews'>): string {
  if (reviews !== undefined)
    return `When you have looked: callsheet send REVIEW_RESULT --task ${id} --verdict approved|changes-requested --finding "…" "SUMMARY"`;
  const claim = `${id} --attempt ${attempt}`;
  return [
    `When it is done: callsheet task complete ${claim} "SUMMARY" --file PATH --finding "WHAT OTHERS SHOULD KNOW"`,
    `When it needs an answer: callsheet task block ${claim} "QUESTION", then end your turn. When it cannot be done: callsheet task fail ${claim} "WHY"`,
  ].join('\n');
}

async function results(reader: Reader, { after }: Task): Promise<string[]> {
  const lines: string[] = [];
  const share = Math.max(200, Math.floor(LONGEST_RESULTS / Math.max(1, after.length)));
  for (const id of after) {
    const done = await findTask(reader, id);
    if (done?.result === undefined) continue;
    const { summary, files, findings } = done.result;
    const said = [summary, ...(files.length === 0 ? [] : [`files: ${shownNames(files)}`])];
    lines.push(`Result of ${id}:`, quotedWithin([...said, ...findings].join('\n'), share));
  }
  return lines;
}

async function decisions(reader: Reader): Promise<string[]> {
  const found = [
    ...(await findNotes(reader, { kind: 'decision' })),
    ...(await findNotes(reader, { kind: 'constraint' })),
  ].filter(({ runId }) => runId === undefined);
  const newest = found.sort((one, other) => one.seq - other.seq).slice(-MOST_DECISIONS);
  const share = Math.max(100, Math.floor(LONGEST_DECISIONS / Math.max(1, newest.length)));
  return newest.flatMap(({ kind, id, text }) => [`${kind} ${id}:`, quotedWithin(text, share)]);
}
