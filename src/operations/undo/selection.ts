import { usageError } from '../../error/index.js';
import { defined, type Store } from '../../store/index.js';
import { requireTask } from '../../task/index.js';
import { findWrites, writesOf, type Write, type WriteFilter } from '../../write/index.js';
import { requireAgent } from '../names.js';

export interface UndoFilter {
  agent?: string;
  task?: string;
  file: readonly string[];
  /** Not older than this, in ms. */
  since?: number;
}

/** Writes of one file that are taken back together. */
export interface Span {
  /** The content before this comes back. */
  first: Write;
  /** The file should be as this left it. */
  last: Write;
  /** A write after the first that was not selected and would be dropped too. */
  foreign: Write | undefined;
  /** The first of them that is only perhaps of the agent that they were selected by. */
  unsure: Write | undefined;
  /** Two of them between which the file changed without a record. */
  gap: { after: number; before: number } | undefined;
}

export function isFiltered({ agent, task, file, since }: UndoFilter): boolean {
  return file.length > 0 || [agent, task, since].some((filter) => filter !== undefined);
}

/** Whether a write is selected by an agent of which only a command ran while it was made. */
export function isUnsure({ agent }: UndoFilter, { how }: Write): boolean {
  return agent !== undefined && how === 'meanwhile';
}

/** @throws {CallsheetError} `TASK_UNKNOWN`, `AGENT_UNKNOWN` (usage). */
export async function writeFilterOf(store: Store, filter: UndoFilter): Promise<WriteFilter> {
  const { agent, task, file, since } = filter;
  if (task !== undefined) await requireTask(store, task);
  const agentId = agent === undefined ? undefined : (await requireAgent(store, agent)).id;
  const sinceMs = since === undefined ? undefined : store.clock.now() - since;
  return { ...defined({ taskId: task, agentId, sinceMs }), paths: file };
}

/**
 * What the selected writes come to, file by file.
 * @throws {CallsheetError} `WRITE_UNKNOWN` (usage) when there are none.
 */
export async function selectedSpans(store: Store, filter: UndoFilter): Promise<Span[]> {
  const writes = await findWrites(store, await writeFilterOf(store, filter));
  if (writes.length === 0)
    throw usageError(
      'WRITE_UNKNOWN',
      'No write is selected by that. Nothing was written.',
      'See the writes: callsheet undo',
    );
  const spans: Span[] = [];
  for (const ofFile of byFile(writes)) spans.push(await spanOf(store, filter, ofFile));
  return spans;
}

/** Writes by the file that they are of, ordered by path; those of one as they were given. */
export function byFile(writes: readonly Write[]): Write[][] {
  const files = new Map<string, Write[]>();
  for (const write of writes) {
    const place = `${write.checkout}\0${write.path}`;
    const known = files.get(place);
    if (known === undefined) files.set(place, [write]);
    else known.push(write);
  }
  return [...files.values()].sort(([one], [other]) => ((one?.path ?? '') < (other?.path ?? '') ? -1 : 1));
}

async function spanOf(store: Store, filter: UndoFilter, selected: readonly Write[]): Promise<Span> {
  const [oldest] = selected;
  if (oldest === undefined) throw new Error('There is no file without a write.');
  // What came before the file was last as it is to be again has been taken back already.
  const first = selected.findLast(({ before }) => before === oldest.before) ?? oldest;
  const own = selected.filter(({ seq }) => seq >= first.seq);
  const chosen = new Set(own.map(({ seq }) => seq));
  const foreign = foreignIn(await writesOf(store, first, first.seq - 1), chosen);
  const unsure = own.find((write) => isUnsure(filter, write));
  return { first, last: own.at(-1) ?? first, foreign, unsure, gap: gapIn(own) };
}

/** The first write of another that would go too; not where the file was then again as the last of these had left it. */
function foreignIn(writes: readonly Write[], chosen: ReadonlySet<number>): Write | undefined {
  let left: string | undefined;
  let foreign: Write | undefined;
  for (const write of writes) {
    if (!chosen.has(write.seq)) foreign = write.after === left ? undefined : (foreign ?? write);
    else if (foreign !== undefined) return foreign;
    else left = write.after;
  }
  return foreign;
}

function gapIn(writes: readonly Write[]): Span['gap'] {
  for (const [index, { seq, before }] of writes.entries()) {
    const previous = writes[index - 1];
    if (previous !== undefined && previous.after !== before) return { after: previous.seq, before: seq };
  }
  return undefined;
}
