import { findConflicts } from '../conflict/index.js';
import { findLandings } from '../landing/index.js';
import { inboxOf } from '../message/index.js';
import { findNotes } from '../note/index.js';
import { findAgent } from '../agent/index.js';
import { findTask, type Task } from '../task/index.js';
import { matchesPath } from '../text/index.js';
import { scratchFolder, type Site } from '../workspace/index.js';
import type { BriefFacts } from './brief.js';
import type { StartPoint } from './start-point.js';
import type { Note } from '../note/index.js';

const MOST_NOTES = 30;

/** Collects what the brief of an attempt is made of. */
export async function gatherBrief(site: Site, task: Task, start: StartPoint): Promise<BriefFacts> {
  const { store, run } = site;
  const found = await Promise.all(task.after.map((id) => findTask(store, id)));
  const conflict = (await findConflicts(store, { taskId: task.id })).at(-1);
  const landing = (await findLandings(store, { taskId: task.id })).at(-1);
  return {
    run,
    task,
    start,
    dependencies: found.filter((each) => each !== undefined),
    notes: relevant(await findNotes(store, { runId: run.id }), task),
    premises: landing?.premises ?? [],
    said: await saidTo(site, task),
    scratch: scratchFolder(site),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

/** Every standing decision, contract and constraint; of the rest what is tied to the task's files or dependencies. */
function relevant(notes: Note[], task: Task): Note[] {
  const binding = (note: Note): boolean => ['decision', 'contract', 'constraint'].includes(note.kind);
  const near = (note: Note): boolean =>
    (note.taskId !== undefined && task.after.includes(note.taskId)) ||
    note.files.some((path) => task.files.some((pattern) => matchesPath(pattern, path)));
  return [...notes.filter(binding), ...notes.filter((note) => !binding(note) && near(note))].slice(-MOST_NOTES);
}

async function saidTo({ store }: Site, task: Task): Promise<BriefFacts['said']> {
  const { claimedBy } = task;
  if (claimedBy === undefined) return [];
  const waiting = await inboxOf(store, [claimedBy], { unacknowledgedOnly: true });
  return Promise.all(
    waiting
      .map((each) => each.message)
      .filter((each) => each.taskId === task.id || each.type === 'INSTRUCTION')
      .map(async (each) => ({
        from: (each.from === undefined ? undefined : (await findAgent(store, each.from))?.name) ?? 'callsheet',
        type: each.type,
        text: each.body,
      })),
  );
}
