import type { Content } from './content.js';
import { sameButLineEnds, type LineChange, type LineChanges } from './line-changes.js';

/**
 * What a tool is about to do to a file: replace its content, replace a text wherever it stands, replace a cell of a
 * notebook whatever it holds, or replace a text at one place.
 */
export type WriteKind = 'whole' | 'everywhere' | 'cell' | 'edit';

/** What is known when a tool asks to write over a file. */
export interface Situation {
  kind: WriteKind;
  /** What is there now. */
  current: Content;
  /** What the agent has seen of it, if anything. */
  seen?: { hash: string; whole: boolean; bytes?: Buffer };
  /** Whether another registered agent has written it since, or ever where nothing of it has been seen. */
  byOther: boolean;
  /** What has changed since; absent where it cannot be told. */
  changes?: LineChanges;
  /** The lines of the current content that are to be replaced; absent when they cannot be told. */
  places?: LineChange[];
}

export type Verdict =
  /** `tell`: what has changed goes along. */
  | { pass: true; tell: boolean }
  /** `unseen`: nothing of it has been seen. `partly-seen`. `changed` since. `close`: changed where the edit is. */
  | { pass: false; why: 'unseen' | 'partly-seen' | 'changed' | 'close' };

/** Lines around a change in which another change can depend on it, as a merge takes them to. */
const CLOSE_LINES = 3;

const PASS: Verdict = { pass: true, tell: false };

/**
 * Whether a write may go on: nothing that the agent has neither seen nor been told of may be lost by it. An edit names
 * the text that it replaces, so it loses nothing elsewhere; it is held back only where another agent's change is close.
 */
export function judge(situation: Situation): Verdict {
  const { current, seen, kind } = situation;
  if (current.hash === '' || current.bytes?.length === 0) return PASS;
  if (kind === 'whole') return judgeWhole(situation);
  if (seen === undefined) return kind === 'cell' && situation.byOther ? { pass: false, why: 'unseen' } : PASS;
  if (isCurrent(seen, current)) return PASS;
  if (kind === 'cell') return { pass: false, why: 'changed' };
  if (!situation.byOther) return { pass: true, tell: true };
  if (kind === 'everywhere') return { pass: false, why: 'changed' };
  return judgeEdit(situation);
}

function judgeWhole({ current, seen }: Situation): Verdict {
  if (seen === undefined || seen.hash === '') return { pass: false, why: 'unseen' };
  if (!seen.whole) return { pass: false, why: 'partly-seen' };
  return isCurrent(seen, current) ? PASS : { pass: false, why: 'changed' };
}

function judgeEdit({ changes, places }: Situation): Verdict {
  if (changes === undefined || places === undefined) return { pass: false, why: 'changed' };
  const isClose = places.some((place) => changes.places.some((change) => areClose(change, place)));
  return isClose ? { pass: false, why: 'close' } : { pass: true, tell: true };
}

function areClose(change: LineChange, place: LineChange): boolean {
  return change.from - CLOSE_LINES <= place.to && change.to + CLOSE_LINES >= place.from;
}

function isCurrent(seen: NonNullable<Situation['seen']>, current: Content): boolean {
  if (seen.hash === current.hash) return true;
  return (
    seen.bytes !== undefined && current.bytes !== undefined && sameButLineEnds(seen.bytes, current.bytes)
  );
}
