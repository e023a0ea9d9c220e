import type { Floor } from './floor.js';
import type { Replay } from './replay.js';
import type { Merge } from './source.js';

/** A merge, replayed. */
export interface Row {
  merge: string;
  run: string;
  outcome: Replay['outcome'];
  git: Floor['verdict'];
  /** Whether the integration branch ended with the tree that people committed. */
  asCommitted: boolean;
  /** The whole run with its two tasks. */
  runMs: number;
  /** The same tasks one after the other by bare git commands. */
  byHandMs: number;
  mergeTreeMs: number;
  /** What must not be. */
  faults: string[];
}

/** Holds what callsheet made of a merge against git and against the people who made it. */
export function compare(merge: Merge, replay: Replay, floor: Floor, byHandMs: number): Row {
  return {
    merge: merge.id,
    run: replay.run,
    outcome: replay.outcome,
    git: floor.verdict,
    asCommitted: replay.outcome === 'landed' && replay.tree === merge.tree,
    runMs: replay.ms,
    byHandMs,
    mergeTreeMs: floor.ms,
    faults: [...faultsOf(merge, replay, floor)],
  };
}

function* faultsOf(merge: Merge, replay: Replay, floor: Floor): Generator<string> {
  if (replay.trouble !== undefined) yield `neither landed nor conflicted: ${replay.trouble}`;
  if (floor.verdict === 'clean' && replay.outcome !== 'landed')
    yield 'git merges it cleanly, and it did not land';
  if (floor.verdict === 'conflict' && replay.outcome === 'landed')
    yield 'it landed, although git finds a conflict';
  if (replay.outcome === 'landed' && floor.verdict === 'clean' && replay.tree !== floor.tree) {
    yield `landed as tree ${replay.tree}, git makes ${floor.tree}`;
  }
  if (replay.outcome === 'conflicted') {
    if (replay.tree !== merge.first.tree)
      yield `the first side landed as tree ${replay.tree}, not as ${merge.first.tree}`;
    if (floor.verdict === 'conflict' && replay.paths.join('\0') !== floor.paths.join('\0')) {
      yield `conflict recorded in ${replay.paths.join(', ')}; git names ${floor.paths.join(', ')}`;
    }
  }
  for (const [name, { tree }] of [
    ['first', merge.first],
    ['second', merge.second],
  ] as const) {
    if (!replay.keptTrees.has(tree)) yield `no ref holds the work of the ${name} side, tree ${tree}`;
  }
}
