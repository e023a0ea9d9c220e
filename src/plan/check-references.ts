import { findCycle } from './dependency-order.js';
import { nearest } from './nearest.js';
import type { Problems } from './problems.js';
import type { ReadTask } from './read-task.js';

const MAX_CYCLES = 20;
const MAX_SHOWN = 50;
const ANY_ID = 'the id of a task in this plan';

/**
 * Checks what tasks say about each other: ids used once, dependencies and parents that exist, no cycle. Where the tasks
 * join others, those that they name need not be among them.
 */
export function checkReferences(
  tasks: readonly ReadTask[],
  problems: Problems,
  { joins = false }: { joins?: boolean } = {},
): void {
  const known = tasks.filter(({ task }) => task.id !== '');
  const byId = new Map<string, ReadTask>();
  const byFolded = new Map<string, ReadTask>();
  for (const read of known) {
    const first = byFolded.get(read.task.id.toLowerCase());
    if (first !== undefined) addDuplicate(first, read, problems);
    else {
      byFolded.set(read.task.id.toLowerCase(), read);
      byId.set(read.task.id, read);
    }
  }
  for (const read of known) checkAfter(read, byId, problems, joins);
  for (const read of known) checkParent(read, byId, problems, joins);
  checkCycles([...byId.values()], problems);
}

/** Branches become files, and on many systems `Api` and `api` are one file. */
function addDuplicate(first: ReadTask, second: ReadTask, problems: Problems): void {
  const [one, other] = [first.task.id, second.task.id];
  const said =
    one === other
      ? `Two tasks have the id \`${one}\``
      : `The ids \`${one}\` and \`${other}\` differ only in case`;
  problems.add(
    second.idOffset,
    'DUPLICATE_ID',
    `${said}; the first is in line ${first.task.line}`,
    'another id',
  );
}

function checkAfter(
  { task, after }: ReadTask,
  byId: ReadonlyMap<string, ReadTask>,
  problems: Problems,
  joins: boolean,
): void {
  for (const { id, offset } of after) {
    if (id === task.id) {
      problems.add(offset, 'SELF_DEPENDENCY', `Task \`${id}\` waits for itself`, '`after` without it');
    } else if (!byId.has(id) && !joins) {
      const said = `Task \`${task.id}\` waits for \`${id}\`, which is no task`;
      problems.add(offset, 'UNKNOWN_DEPENDENCY', said, nearestId(id, task.id, byId, problems));
    }
  }
}

function checkParent(
  { task, parentOffset }: ReadTask,
  byId: ReadonlyMap<string, ReadTask>,
  problems: Problems,
  joins: boolean,
): void {
  const { parent } = task;
  if (parent === undefined) return;
  if (parent === task.id) {
    problems.add(
      parentOffset,
      'SELF_DEPENDENCY',
      `Task \`${parent}\` is its own parent`,
      'no `parent`, or another',
    );
  } else if (!byId.has(parent) && !joins) {
    const said = `The parent of \`${task.id}\`, \`${parent}\`, is no task`;
    problems.add(parentOffset, 'UNKNOWN_PARENT', said, nearestId(parent, task.id, byId, problems));
  }
}

/** A parent is done when its children are, so it waits for them. Each cycle is named once and then cut. */
function checkCycles(tasks: readonly ReadTask[], problems: Problems): void {
  const waits = new Map(tasks.map(({ task }) => [task.id, task.after.filter((id) => id !== task.id)]));
  for (const { task } of tasks) {
    if (task.parent !== undefined && task.parent !== task.id) waits.get(task.parent)?.push(task.id);
  }
  const byId = new Map(tasks.map((read) => [read.task.id, read]));
  for (let found = 0; found < MAX_CYCLES; found += 1) {
    const cycle = findCycle(waits);
    const [first = '', second = ''] = cycle ?? [];
    const read = byId.get(first);
    if (cycle === undefined || read === undefined) return;
    const place = read.after.find(({ id }) => id === second)?.offset ?? read.idOffset;
    const said = `These tasks wait for each other: ${shownCycle(cycle)}`;
    problems.add(
      place,
      'CYCLE',
      said,
      `\`${first}\` without \`${second}\` in its \`after\`, or another order`,
    );
    for (const id of cycle) waits.set(id, []);
  }
}

/** Of the other tasks: a task cannot wait for itself. */
function nearestId(id: string, own: string, byId: ReadonlyMap<string, ReadTask>, problems: Problems): string {
  if (problems.isFull()) return ANY_ID;
  const others = [...byId.keys()].filter((known) => known !== own);
  return nearest(id, others) ?? ANY_ID;
}

/** In full, but for a cycle that nobody could read. */
function shownCycle(cycle: readonly string[]): string {
  const rest = cycle.length - MAX_SHOWN;
  const ids = rest > 0 ? [...cycle.slice(0, MAX_SHOWN - 1), `… ${rest} more …`, ...cycle.slice(-1)] : cycle;
  return ids.join(' → ');
}
