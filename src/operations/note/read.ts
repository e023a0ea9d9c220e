import { CallsheetError, usageError } from '../../error/index.js';
import { findNote, findNotes, getValue, NOTE_KINDS, searchNotes } from '../../note/index.js';
import { defined } from '../../store/index.js';
import { requireTask } from '../../task/index.js';
import { plainText } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { noteDocuments, oneNoteDocument, showNote, showNotes } from './document.js';

export const noteSearch = defineOperation({
  name: 'note.search',
  rights: EVERYBODY,
  help: 'Find notes by their words',
  input: {
    text: { kind: 'text', positional: true, required: true, maxChars: 500, help: 'What to look for' },
    limit: { kind: 'integer', short: 'n', min: 1, max: 200, help: 'At most N; default 20' },
  },
  run: async ({ sheet }, { text, limit = 20 }) => ({
    notes: await noteDocuments(sheet, await searchNotes(sheet.store, text, limit)),
  }),
  show: showNotes,
});

export const noteList = defineOperation({
  name: 'note.list',
  rights: EVERYBODY,
  help: 'Show the notes that hold now',
  input: {
    kind: { kind: 'choice', choices: NOTE_KINDS, placeholder: 'KIND', help: 'Only of this kind' },
    path: { kind: 'path', help: 'Only about this file or folder' },
    tag: { kind: 'name', placeholder: 'T', help: 'Only with this tag' },
    task: { kind: 'name', placeholder: 'ID', help: 'Only about this task' },
    all: { kind: 'flag', help: 'Those that were superseded too' },
  },
  async run({ sheet }, { kind, path, tag, task, all }) {
    if (task !== undefined) await requireTask(sheet.store, task);
    const filter = { includeSuperseded: all, ...defined({ kind, path, tag, taskId: task }) };
    return { notes: await noteDocuments(sheet, await findNotes(sheet.store, filter)) };
  },
  show: showNotes,
});

export const noteShow = defineOperation({
  name: 'note.show',
  rights: EVERYBODY,
  help: 'Show one note',
  input: { id: { kind: 'name', positional: true, required: true, placeholder: 'ID', help: 'The note' } },
  async run({ sheet }, { id }) {
    const note = await findNote(sheet.store, id);
    if (note === undefined)
      throw usageError(
        'NOTE_UNKNOWN',
        `There is no note “${id}” in this sheet.`,
        'See the notes: callsheet note list',
      );
    return oneNoteDocument(sheet, note);
  },
  show: showNote,
});

export const noteGet = defineOperation({
  name: 'note.get',
  rights: EVERYBODY,
  help: 'Get a named value',
  input: { key: { kind: 'name', positional: true, required: true, placeholder: 'KEY', help: 'Its name' } },
  async run({ sheet }, { key }) {
    const note = await getValue(sheet.store, key);
    if (note === undefined)
      throw new CallsheetError('VALUE_UNKNOWN', `${key} has no value.`, {
        hint: `Set it: callsheet note set ${key} "…"`,
      });
    return oneNoteDocument(sheet, note);
  },
  show: ({ text }) => plainText(text),
});
