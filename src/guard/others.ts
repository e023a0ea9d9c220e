import { liveAgents, type Agent } from '../agent/index.js';
import type { Reader, Store } from '../store/index.js';
import { findTasks, type Task } from '../task/index.js';
import { formatDuration, oneLine, plainText, shownNames } from '../text/index.js';
import { filesWrittenBy } from '../write/index.js';
import { isLive } from './who.js';

const MOST_OTHERS = 8;

/** Who else is at work, a line for each: for a lead what each is good at and does, for others which files it writes. */
export async function othersAtWork(store: Store, self: Agent): Promise<string[]> {
  const isLead = self.role === 'supervisor';
  const lines: string[] = [];
  for (const other of await sessionsBeside(store, self)) {
    if (lines.length >= MOST_OTHERS) break;
    lines.push(isLead ? await teamLine(store, other) : await neighbourLine(store, other));
  }
  if (lines.length === 0)
    return [
      isLead
        ? 'Nobody works for you yet: callsheet work in another terminal starts a worker.'
        : 'No other session is at work.',
    ];
  return [isLead ? 'Your team:' : 'At work too:', ...lines];
}

async function sessionsBeside(reader: Reader, self: Agent): Promise<Agent[]> {
  const live: Agent[] = [];
  for (const other of await liveAgents(reader))
    if (
      other.id !== self.id &&
      other.role !== 'human' &&
      other.parentId === undefined &&
      (await isLive(reader, other))
    )
      live.push(other);
  return live;
}

async function neighbourLine(store: Store, other: Agent): Promise<string> {
  const files = await filesWrittenBy(store, other.id);
  const about = files.length === 0 ? 'has written nothing yet' : `has written ${shownNames(files, 5)}`;
  return `${other.name} (${other.driver}, here for ${formatDuration(store.clock.now() - other.createdAt)}) ${about}.`;
}

async function teamLine(reader: Reader, other: Agent): Promise<string> {
  const { name, role, speciality, driver, model } = other;
  const what = [role === 'supervisor' ? 'lead' : role, speciality, driver, model].filter(
    (each) => each !== undefined,
  );
  const tasks = await findTasks(reader, { claimedBy: other.id });
  return `${name} (${what.map(line).join(', ')}): ${tasks.length === 0 ? free(other) : tasks.map(doing).join('; ')}.`;
}

function doing({ id, state, title }: Task): string {
  return `${state === 'running' ? 'works on' : `holds, ${state},`} ${id} ${oneLine(plainText(title), 60)}`;
}

function free({ follows, idleSince }: Agent): string {
  if (follows !== true) return 'takes no tasks by itself; you can send to it';
  return idleSince === undefined ? 'between tasks' : 'waits for a task';
}

function line(text: string): string {
  return oneLine(plainText(text), 40);
}
