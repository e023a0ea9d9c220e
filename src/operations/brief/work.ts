import { goalNow } from '../../goal/index.js';
import { findRun } from '../../run/index.js';
import type { Reader } from '../../store/index.js';
import { findTask, type Task, type TaskResult } from '../../task/index.js';
import { boundedMiddle, oneLine, plainText, quotedWithin, shownNames } from '../../text/index.js';
import type { About } from './about.js';
import type { Section } from './pack.js';

/** What all of it is for: of the sheet, and of the run that the task belongs to. */
export async function goalSection(reader: Reader, { task, most }: About): Promise<Section> {
  const ofSheet = await goalNow(reader);
  const ofRun = task?.runId === undefined ? undefined : await findRun(reader, task.runId);
  const lines = [
    ...said('Goal', ofSheet?.goal, most(350)),
    ...said('Approach', ofSheet?.approach, most(350)),
    ...said(`Goal of ${ofRun?.id ?? 'the run'}`, ofRun?.goal, most(350)),
    ...said('Its approach', ofRun?.approach, most(350)),
  ];
  return { title: 'What it is for', text: lines.join('\n'), share: 0.2 };
}

function said(what: string, text: string | undefined, most: number): string[] {
  return text === undefined ? [] : [`${what}:`, quotedWithin(text, most)];
}

/** The task: what is to be done, and how it stands. */
export function taskSection({ task, most }: About): Section {
  if (task === undefined) return { title: 'The task', text: '', share: 0 };
  const lines = [
    `${task.id} (${task.kind}, ${task.state}${task.attempt > 0 ? `, attempt ${task.attempt}` : ''}): ${line(task.title, 150)}`,
    ...(task.after.length === 0 ? [] : [`After: ${shownNames(task.after)}`]),
    ...(task.files.length === 0 ? [] : [`Files: ${shownNames(task.files)}`]),
    ...said('Why it is where it is', task.reason, most(300)),
    'Spec:',
    quotedWithin(task.spec, most(2_000)),
    ...(task.result === undefined ? [] : ['Its result:', resultText(task.result, most(500))]),
  ];
  return { title: 'The task', text: lines.join('\n'), share: 0.4 };
}

/** What the tasks that it comes after have said. */
export async function dependenciesSection(reader: Reader, { task, most }: About): Promise<Section> {
  const parts: string[] = [];
  const share = Math.floor(most(2_000) / Math.max(1, task?.after.length ?? 0));
  for (const id of task?.after ?? []) {
    const before: Task | undefined = await findTask(reader, id);
    if (before === undefined) continue;
    const head = `${before.id} (${before.state}): ${line(before.title, 100)}`;
    parts.push(before.result === undefined ? head : `${head}\n${resultText(before.result, share)}`);
  }
  return { title: 'What it comes after', text: parts.join('\n'), share: 0.3 };
}

function resultText({ summary, files, findings, data }: TaskResult, most: number): string {
  const lines = [
    boundedMiddle(plainText(summary), most),
    ...(files.length === 0 ? [] : [`files: ${shownNames(files)}`]),
    ...findings.map((finding) => `finding: ${line(finding, 300)}`),
    ...(data === undefined ? [] : [`data: ${line(JSON.stringify(data), 400)}`]),
  ];
  return quotedWithin(lines.join('\n'), most);
}

function line(text: string, maxChars: number): string {
  return oneLine(plainText(text), maxChars);
}
