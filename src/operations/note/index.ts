import type { AnyOperation } from '../operation.js';
import { noteGet, noteList, noteSearch, noteShow } from './read.js';
import { noteAdd, noteSet } from './write.js';

export const NOTE_OPERATIONS: readonly AnyOperation[] = [
  noteAdd,
  noteSearch,
  noteList,
  noteShow,
  noteSet,
  noteGet,
];
