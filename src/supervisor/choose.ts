import { pathsOverlap } from '../text/index.js';
import { holdsClaim, type Task } from '../task/index.js';

export interface Choice {
  /** Ready tasks, the longest way to the end first. */
  ready: Task[];
  /** Tasks whose work is under way or waits to land, those whose agents are being ended among them. */
  active: Task[];
  /** Pairs that have conflicted before, as `one other` in both orders. */
  conflicted: ReadonlySet<string>;
  /** What the free worker did before, by speciality. */
  speciality?: string;
}

/**
 * The task that a free worker should take. One whose files overlap with nothing under way is preferred; an
 * overlapping one is taken rather than leave the worker idle, unless one of the two is exclusive or the pair has
 * conflicted. Among equals the worker's own speciality comes first.
 */
export function chooseTask({ ready, active, conflicted, speciality }: Choice): Task | undefined {
  const allowed = ready.filter((task) => !active.some((other) => mustNotMeet(task, other, conflicted)));
  const apart = allowed.filter((task) => !active.some((other) => filesMeet(task, other)));
  const candidates = apart.length > 0 ? apart : allowed;
  const [first] = candidates;
  if (first === undefined || speciality === undefined) return first;
  const equals = candidates.filter(
    (task) => task.pathMs === first.pathMs && task.priority === first.priority,
  );
  return equals.find((task) => task.speciality === speciality) ?? first;
}

function mustNotMeet(task: Task, other: Task, conflicted: ReadonlySet<string>): boolean {
  return conflicted.has(`${task.id} ${other.id}`) || excludes(task, other);
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
  return one.files.some((path) => other.files.some((pattern) => pathsOverlap(path, pattern)));
}
