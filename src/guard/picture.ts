import type { Agent } from '../agent/index.js';
import { findLocks } from '../lock/index.js';
import { inboxOf } from '../message/index.js';
import { findNotes } from '../note/index.js';
import { findTasks } from '../task/index.js';
import { oneLine, plainText, shownNames } from '../text/index.js';
import { filesWrittenBy } from '../write/index.js';
import { keptSummary } from './compaction.js';
import type { Guard } from './guard.js';
import { othersAtWork } from './others.js';

// A token is about four characters: 400 of them at a start, 600 where a session finds itself again.
const LONGEST_GREETING = 1_500;
const LONGEST_PICTURE = 2_300;
const MOST_FILES = 12;

/** What a session is told at its start: who it is here, and who else is at work. */
export async function greeting({ store }: Guard, self: Agent): Promise<string> {
  const lines = [
    `${whoYouAre(self)} Other sessions may work on it at the same time; a write that would drop what you have not seen is refused, with what has changed.`,
    ...(await othersAtWork(store, self)),
  ];
  return bounded(lines, LONGEST_GREETING);
}

/** What a session is told that comes back, or has lost its memory: its own state as the sheet has it. */
export async function ownPicture({ store }: Guard, self: Agent): Promise<string> {
  const lines = [whoYouAre(self)];
  for (const task of await findTasks(store, { claimedBy: self.id }))
    lines.push(`You hold task ${task.id}, attempt ${task.attempt}: ${line(task.title)}`);
  const locks = await findLocks(store, { agentId: self.id });
  if (locks.length > 0)
    lines.push(
      `You hold locks on ${shownNames(locks.flatMap((lock) => [...lock.paths, ...lock.resources]))}.`,
    );
  const unread = await inboxOf(store, [self.id], { unacknowledgedOnly: true });
  for (const { message } of unread.slice(0, 5))
    lines.push(`Unread ${message.type} ${message.id}: ${line(message.body)}`);
  const files = await filesWrittenBy(store, self.id);
  if (files.length > 0) lines.push(`You have written ${shownNames(files, MOST_FILES)}.`);
  const summary = await keptSummary(store, self.name);
  if (summary !== undefined) lines.push(`Your last summary: ${oneLine(plainText(summary), 400)}`);
  lines.push(...(await othersAtWork(store, self)));
  const notes = [
    ...(await findNotes(store, { kind: 'decision' })),
    ...(await findNotes(store, { kind: 'constraint' })),
  ];
  for (const note of notes.sort((one, other) => one.seq - other.seq).slice(-5))
    lines.push(`${note.kind} ${note.id}: ${line(note.text)}`);
  return bounded(lines, LONGEST_PICTURE);
}

function whoYouAre({ name, role, speciality, follows }: Agent): string {
  if (role === 'supervisor') return `callsheet: you are ${name}, the lead in this repository.`;
  const good = speciality === undefined ? '' : ` for ${speciality}`;
  return `callsheet: you are ${name}${follows === true ? `, a worker${good},` : ''} in this repository.`;
}

function line(text: string): string {
  return oneLine(plainText(text), 200);
}

function bounded(lines: string[], maxChars: number): string {
  let text = '';
  for (const each of lines) {
    if (text.length + each.length > maxChars) return `${text}\n… more: callsheet status`;
    text += `${text === '' ? '' : '\n'}${each}`;
  }
  return text;
}
