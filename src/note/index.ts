export { NOTE_KINDS, type NewNote, type Note, type NoteKind } from './note.js';
export { noteSchema } from './note.schema.js';
export { addNote, setValue, type ValueContext } from './add.js';
export { findNote, findNotes, getValue, searchNotes, type NoteFilter } from './find.js';
export { LONGEST_NOTE } from './plain-note.js';
