import { liveAgents, type Agent } from '../agent/index.js';
import { findLocks } from '../lock/index.js';
import { inboxOf } from '../message/index.js';
import { findNotes } from '../note/index.js';
import type { Store } from '../store/index.js';
import { findTasks } from '../task/index.js';
import { formatDuration, oneLine, plainText, shownNames } from '../text/index.js';
import { filesWrittenBy } from '../write/index.js';
import { keptSummary } from './compaction.js';
import type { Guard } from './guard.js';
import { isLive } from './who.js';

// A token is about four characters: 400 of them at a start, 600 where a session finds itself again.
const LONGEST_GREETING = 1_500;
const LONGEST_PICTURE = 2_300;
const MOST_OTHERS = 8;
const MOST_FILES = 12;

/** What a session is told at its start: who it is here, and who else is at work. */
export async function greeting({ store }: Guard, self: Agent): Promise<string> {
  const lines = [
    `callsheet: you are ${self.name} in this repository. Other sessions may work on it at the same time; a write that would drop what you have not seen is refused, with what has changed.`,
    ...(await othersAtWork(store, self)),
  ];
  return bounded(lines, LONGEST_GREETING);
}

/** What a session is told that comes back, or has lost its memory: its own state as the sheet has it. */
export async function ownPicture({ store }: Guard, self: Agent): Promise<string> {
  const lines = [`callsheet: you are ${self.name} in this repository.`];
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

async function othersAtWork(store: Store, self: Agent): Promise<string[]> {
  const lines: string[] = [];
  const others = (await liveAgents(store)).filter(
    ({ id, role, parentId }) => id !== self.id && role !== 'human' && parentId === undefined,
  );
  for (const other of others) {
    if (lines.length >= MOST_OTHERS) break;
    if (!(await isLive(store, other))) continue;
    const files = await filesWrittenBy(store, other.id);
    const about = files.length === 0 ? 'has written nothing yet' : `has written ${shownNames(files, 5)}`;
    lines.push(
      `${other.name} (${other.driver}, here for ${formatDuration(store.clock.now() - other.createdAt)}) ${about}.`,
    );
  }
  return lines.length === 0 ? ['No other session is at work.'] : ['At work too:', ...lines];
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
