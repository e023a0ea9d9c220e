export { NOTE_KINDS, type Anchors, type NewNote, type Note } from './note.js';
export { noteAnchorSchema, noteSchema } from './note.schema.js';
export { addNote, setValue } from './add.js';
export { findNote, findNotes, getValue, searchNotes } from './find.js';
export { LONGEST_NOTE } from './plain-note.js';
export { staleFiles, staleRemark } from './stale.js';
export { isBindingNews } from './standing.js';
