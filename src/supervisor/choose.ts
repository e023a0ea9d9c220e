import { pathsOverlap } from '../text/index.js';
import { holdsClaim, type TaskOutline } from '../task/index.js';
import { estimateOf } from './estimate.js';

export interface Choice {
  /** Ready tasks, the longest way to the end first. */
  ready: TaskOutline[];
  /** Tasks whose work is under way or waits to land, those whose agents are being ended among them. */
  active: TaskOutline[];
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
export function chooseTask(choice: Choice): TaskOutline | undefined {
  const { active, speciality } = choice;
  const overlapping: TaskOutline[] = [];
  // One after another, as far as they are asked for: most often the first is taken, and hundreds may wait to land.
  function* apart(): Generator<TaskOutline> {
    for (const task of allowedOf(choice)) {
      if (active.some((other) => filesMeet(task, other))) overlapping.push(task);
      else yield task;
    }
  }
  return preferred(apart(), speciality) ?? preferred(overlapping, speciality);
}

/** The first; with a speciality the first of that among those whose way to the end and priority are the same. */
function preferred(
  candidates: Iterable<TaskOutline>,
  speciality: string | undefined,
): TaskOutline | undefined {
  let first: TaskOutline | undefined;
  for (const task of candidates) {
    first ??= task;
    // The longest ways come first: the equals of the first are together.
    if (speciality === undefined || task.pathMs !== first.pathMs) return first;
    if (task.priority === first.priority && task.speciality === speciality) return task;
  }
  return first;
}

function* allowedOf(choice: Choice): Generator<TaskOutline> {
  const { ready, active, sentBack } = choice;
  // A task that was sent back and has to wait is not overtaken: what it waits for would never come to an end.
  const inFront = [...active];
  for (const task of ready) {
    const mayBegin = !inFront.some(
      (other) => mustNotMeet(task, other, choice) || wouldSendBack(task, other, choice),
    );
    if (mayBegin) yield task;
    else if (sentBack?.has(task.id) === true) inFront.push(task);
  }
}

function mustNotMeet(task: TaskOutline, other: TaskOutline, { conflicted, sentBack }: Choice): boolean {
  if (conflicted.size > 0 && conflicted.has(`${task.id} ${other.id}`)) return true;
  if (excludes(task, other)) return true;
  const [ours, theirs] = [sentBack?.get(task.id), sentBack?.get(other.id)];
  if (ours === undefined && theirs === undefined) return false;
  return pathsMeet([...task.files, ...(ours ?? [])], [...other.files, ...(theirs ?? [])]);
}

/** It would land first, and what the other has done by then would have to be done again. */
function wouldSendBack(task: TaskOutline, other: TaskOutline, { leftMs }: Choice): boolean {
  const otherLeftMs = leftMs?.get(other.id) ?? 0;
  return otherLeftMs > estimateOf(task) && other.pathMs >= task.pathMs && filesMeet(task, other);
}

/**
 * Whether a task may not be worked on beside another: one of them is exclusive and the other may write the same files,
 * or the other's claim has gone with what it held, while its agent, which is being ended, may still use it.
 */
export function excludes(task: TaskOutline, other: TaskOutline): boolean {
  const isEnding = !holdsClaim(other.state);
  if (isEnding && task.resources.some((name) => other.resources.includes(name))) return true;
  return (
    (task.exclusive || other.exclusive) && (filesMeet(task, other) || saysNothing(task) || saysNothing(other))
  );
}

// Which files it writes is not known, so they may be any.
function saysNothing({ files }: TaskOutline): boolean {
  return files.length === 0;
}

function filesMeet(one: TaskOutline, other: TaskOutline): boolean {
  return pathsMeet(one.files, other.files);
}

function pathsMeet(ours: readonly string[], theirs: readonly string[]): boolean {
  return ours.some((path) => theirs.some((pattern) => pathsOverlap(path, pattern)));
}
