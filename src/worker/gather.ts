import { findConflicts } from '../conflict/index.js';
import { findLandings } from '../landing/index.js';
import { findMessage, findMessages, inboxOf, type Message } from '../message/index.js';
import { findNotes, staleFiles, type Note } from '../note/index.js';
import type { Reader } from '../store/index.js';
import { findTask, type Task } from '../task/index.js';
import { matchesPath } from '../text/index.js';
import { scratchFolder, type Site } from '../workspace/index.js';
import type { BriefFacts, Said } from './brief-facts.js';
import { senderOf } from './deliver.js';
import type { StartPoint } from './start-point.js';

const MOST_NOTES = 30;
const MOST_SAID = 12;

export interface Gathered {
  facts: BriefFacts;
  /** Messages to the agent that stand in the brief. */
  told: string[];
}

/** Collects what the brief of an attempt is made of. */
export async function gatherBrief(site: Site, task: Task, start: StartPoint): Promise<Gathered> {
  const { store, run } = site;
  const found = await Promise.all(task.after.map((id) => findTask(store, id)));
  const conflict = (await findConflicts(store, { taskId: task.id })).at(-1);
  const landing = (await findLandings(store, { taskId: task.id })).at(-1);
  const messages = await messagesTo(store, task);
  const notes = relevant(await findNotes(store, { ofRun: run.id }), task);
  const facts = {
    run,
    task,
    start,
    dependencies: found.filter((each) => each !== undefined),
    notes,
    staleNotes: await staleAt(site, start.commit, notes),
    premises: landing?.premises ?? [],
    said: await Promise.all(messages.map((each) => saidBy(store, each))),
    scratch: scratchFolder(site),
    ...(conflict === undefined ? {} : { conflict }),
  };
  return { facts, told: messages.map((each) => each.id) };
}

/** Every standing decision, contract and constraint; then what is tied to the task's files or dependencies. The newest of each. */
function relevant(notes: Note[], task: Task): Note[] {
  const isBinding = (note: Note): boolean => ['decision', 'contract', 'constraint'].includes(note.kind);
  const isNear = (note: Note): boolean =>
    (note.taskId !== undefined && (note.taskId === task.id || task.after.includes(note.taskId))) ||
    note.files.some((path) => task.files.some((pattern) => matchesPath(pattern, path)));
  const binding = notes.filter(isBinding).slice(-MOST_NOTES);
  const near = notes.filter((note) => !isBinding(note) && isNear(note));
  const room = MOST_NOTES - binding.length;
  return room === 0 ? binding : [...binding, ...near.slice(-room)];
}

/** Which files of notes are not in a commit as they were when the note was written. */
async function staleAt({ repository }: Site, commit: string, notes: readonly Note[]) {
  const paths = [...new Set(notes.flatMap(({ anchors }) => Object.keys(anchors)))];
  // Anchors are SHA-1: a repository of SHA-256 has none to compare them with.
  if (paths.length === 0 || commit.length !== 40) return new Map<string, string[]>();
  const hashes = await repository.hashesAt(commit, paths);
  return staleFiles(notes, (path) => Promise.resolve(hashes.get(path)));
}

/**
 * What was answered and instructed about the task, to whichever agent: the one of this attempt may be another. And
 * instructions to this agent that wait.
 */
async function messagesTo(reader: Reader, task: Task): Promise<Message[]> {
  const isMeant = (each: Message): boolean =>
    each.type === 'ANSWER' || each.type === 'INSTRUCTION' || each.type === 'REVIEW_RESULT';
  const about = await findMessages(reader, { taskId: task.id });
  const waiting =
    task.claimedBy === undefined ? [] : await inboxOf(reader, [task.claimedBy], { unacknowledgedOnly: true });
  const all = new Map(
    [...about, ...waiting.map((each) => each.message)].filter(isMeant).map((each) => [each.id, each]),
  );
  return [...all.values()].sort((one, other) => one.seq - other.seq).slice(-MOST_SAID);
}

async function saidBy(reader: Reader, message: Message): Promise<Said> {
  const question = message.replyTo === undefined ? undefined : await findMessage(reader, message.replyTo);
  return {
    from: await senderOf(reader, message),
    type: message.type,
    text: message.body,
    ...(question === undefined ? {} : { question: question.body }),
  };
}
