import type { Conflict } from '../conflict/index.js';
import type { Premise } from '../landing/index.js';
import type { Note } from '../note/index.js';
import type { Run } from '../run/index.js';
import type { Task } from '../task/index.js';
import type { StartPoint } from './start-point.js';

/** What the brief of an attempt is made of. */
export interface BriefFacts {
  run: Run;
  task: Task;
  start: StartPoint;
  /** What the tasks it depends on have said when they were done. */
  dependencies: Task[];
  notes: Note[];
  /** The files that a note is about and that have changed since, by the note's id. */
  staleNotes: ReadonlyMap<string, readonly string[]>;
  /** Its newest conflict, when the last attempt ended in one. */
  conflict?: Conflict;
  premises: Premise[];
  /** What a person or the lead has said to it: answers to its questions, instructions. */
  said: Said[];
  scratch: string;
}

export interface Said {
  from: string;
  type: string;
  text: string;
  /** What was asked, of an answer. */
  question?: string;
}

export interface Section {
  title: string;
  text: string;
  /** The most it may take, in characters; the least important sections come last and are dropped first. */
  atMost: number;
}
