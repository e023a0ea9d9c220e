import { compare, type Row } from './compare.js';
import { figuresOf, type Figures } from './figures.js';
import { landByHand, mergeByGit } from './floor.js';
import { replay, type Programs } from './replay.js';
import { openScratch, type Scratch } from './scratch.js';
import { newestMerges, type LeftOut, type Merge, type Source } from './source.js';

export interface Wishes {
  merges: number;
  /** Leaves the scratch repository. */
  keep: boolean;
  programs: Programs;
  signal: AbortSignal;
  /** Called after each merge. */
  onRow(row: Row, done: number): void;
  onScratch(scratch: Scratch): void;
}

/** Replays the newest merges of a repository, in a scratch repository that is removed afterwards. */
export async function replayHistory(
  source: Source,
  wishes: Wishes,
): Promise<{ rows: Row[]; figures: Figures }> {
  const rows: Row[] = [];
  const leftOut = new Map<LeftOut, number>();
  await using scratch = await openScratch(source, { keep: wishes.keep });
  wishes.onScratch(scratch);
  for await (const merge of newestMerges(source)) {
    if (wishes.signal.aborted || rows.length === wishes.merges) break;
    if (typeof merge === 'string') {
      leftOut.set(merge, (leftOut.get(merge) ?? 0) + 1);
      continue;
    }
    const row = await measure(scratch, merge, rows.length + 1, wishes).catch((error: unknown) => {
      if (wishes.signal.aborted) return undefined;
      throw error;
    });
    if (row === undefined) break;
    rows.push(row);
    wishes.onRow(row, rows.length);
  }
  return { rows, figures: figuresOf(rows, leftOut) };
}

async function measure(
  scratch: Scratch,
  merge: Merge,
  number: number,
  { programs, signal }: Wishes,
): Promise<Row> {
  const floor = await mergeByGit(scratch, merge);
  // Whoever comes second finds the objects in memory: they take turns.
  const early = number % 2 === 0 ? await landByHand(scratch, merge, number) : undefined;
  const replayed = await replay(scratch, merge, number, programs, signal);
  const byHandMs = early ?? (await landByHand(scratch, merge, number));
  return compare(merge, replayed, floor, byHandMs);
}
