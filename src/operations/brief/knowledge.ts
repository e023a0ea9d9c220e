import { findNotes, type Note } from '../../note/index.js';
import { defined } from '../../store/index.js';
import { boundedMiddle, pathsOverlap } from '../../text/index.js';
import { noteDocuments } from '../note/document.js';
import type { Context } from '../operation.js';
import { showFoundNote } from '../search/index.js';
import type { About } from './about.js';
import type { Section } from './pack.js';

const BINDING = ['decision', 'constraint', 'contract'];
const MOST_NOTES = 20;

/** What binds the work, what is about it before the rest; then other notes that are about it. The newest first. */
export async function notesSections(
  { sheet }: Context,
  about: About,
): Promise<[binding: Section, other: Section]> {
  const ofRun = about.task?.runId;
  const notes = (await findNotes(sheet.store, defined({ ofRun }))).reverse();
  const near = notes.filter((note) => isNear(note, about));
  const isBinding = ({ kind }: Note): boolean => BINDING.includes(kind);
  // What is about other files does not concern a file or a task that names its own.
  const rest = notes.filter((note) => !near.includes(note) && (isGeneral(about) || note.files.length === 0));
  const binding = [...near, ...rest].filter(isBinding);
  const other = (isGeneral(about) ? notes : near).filter((note) => !isBinding(note));
  return [
    { title: 'What holds', text: await shown(sheet, binding, about.most(500)), share: 0.35 },
    { title: 'Noted besides', text: await shown(sheet, other, about.most(300)), share: 0.2 },
  ];
}

function isGeneral({ task, path }: About): boolean {
  return path === undefined && (task === undefined || task.files.length === 0);
}

function isNear(note: Note, { task, path }: About): boolean {
  const paths = [...(task?.files ?? []), ...(path === undefined ? [] : [path])];
  if (task !== undefined && note.taskId !== undefined && [task.id, ...task.after].includes(note.taskId))
    return true;
  return note.files.some((file) => paths.some((each) => each === '.' || pathsOverlap(file, each)));
}

async function shown(sheet: Context['sheet'], notes: readonly Note[], most: number): Promise<string> {
  const documents = await noteDocuments(sheet, notes.slice(0, MOST_NOTES));
  return documents.map((note) => showFoundNote({ ...note, text: boundedMiddle(note.text, most) })).join('\n');
}
