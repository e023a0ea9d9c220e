import { pathsOverlap } from '../text/index.js';
import { holdsClaim, type Task } from '../task/index.js';
import { estimateOf } from './estimate.js';

export interface Choice {
  /** Ready tasks, the longest way to the end first. */
  ready: Task[];
  /** Tasks whose work is under way or waits to land, those whose agents are being ended among them. */
  active: Task[];
  /** Pairs that have conflicted before, as `one other` in both orders. */
  conflicted: ReadonlySet<string>;
  /** What the work of tasks could not be merged in, by task: they try again. */
  sentBack?: ReadonlyMap<string, readonly string[]>;
  /** How much longer active tasks may take, in milliseconds, where that is known. */
  leftMs?: ReadonlyMap<string, number>;
  /** What the free worker did before, by speciality. */
  speciality?: string;
}

/**
 * The task that a free worker should take. One whose files overlap with nothing under way is preferred; an
 * overlapping one is taken rather than leave the worker idle, unless one of the two is exclusive, the pair has
 * conflicted, one of the two has been sent back for a conflict, or the one under way is likely to end later and to
 * lose more: whoever is quicker lands first, so a long task would be sent back by one short task after the other.
 * Among equals the worker's own speciality comes first.
 */
export function chooseTask(choice: Choice): Task | undefined {
  const { active, speciality } = choice;
  const allowed = allowedOf(choice);
  const apart = allowed.filter((task) => !active.some((other) => filesMeet(task, other)));
  const candidates = apart.length > 0 ? apart : allowed;
  const [first] = candidates;
  if (first === undefined || speciality === undefined) return first;
  const equals = candidates.filter(
    (task) => task.pathMs === first.pathMs && task.priority === first.priority,
  );
  return equals.find((task) => task.speciality === speciality) ?? first;
}

function allowedOf(choice: Choice): Task[] {
  const { ready, active, sentBack } = choice;
  const allowed: Task[] = [];
  // A task that was sent back and has to wait is not overtaken: what it waits for would never come to an end.
  const inFront = [...active];
  for (const task of ready) {
    const mayBegin = !inFront.some(
      (other) => mustNotMeet(task, other, choice) || wouldSendBack(task, other, choice),
    );
    if (mayBegin) allowed.push(task);
    else if (sentBack?.has(task.id) === true) inFront.push(task);
  }
  return allowed;
}

function mustNotMeet(task: Task, other: Task, { conflicted, sentBack }: Choice): boolean {
  if (conflicted.has(`${task.id} ${other.id}`) || excludes(task, other)) return true;
  const [ours, theirs] = [sentBack?.get(task.id), sentBack?.get(other.id)];
  if (ours === undefined && theirs === undefined) return false;
  return pathsMeet([...task.files, ...(ours ?? [])], [...other.files, ...(theirs ?? [])]);
}

/** It would land first, and what the other has done by then would have to be done again. */
function wouldSendBack(task: Task, other: Task, { leftMs }: Choice): boolean {
  const otherLeftMs = leftMs?.get(other.id) ?? 0;
  return otherLeftMs > estimateOf(task) && other.pathMs >= task.pathMs && filesMeet(task, other);
}

/**
 * Whether a task may not be worked on beside another: one of them is exclusive and the other may write the same files,
 * or the other's claim has gone with what it held, while its agent, which is being ended, may still use it.
 */
export function excludes(task: Task, other: Task): boolean {
  const isEnding = !holdsClaim(other.state);
  if (isEnding && task.resources.some((name) => other.resources.includes(name))) return true;
  return (
    (task.exclusive || other.exclusive) && (filesMeet(task, other) || saysNothing(task) || saysNothing(other))
  );
}

// Which files it writes is not known, so they may be any.
function saysNothing({ files }: Task): boolean {
  return files.length === 0;
}

function filesMeet(one: Task, other: Task): boolean {
  return pathsMeet(one.files, other.files);
}

function pathsMeet(ours: readonly string[], theirs: readonly string[]): boolean {
  return ours.some((path) => theirs.some((pattern) => pathsOverlap(path, pattern)));
}
