import type { Agent } from '../agent/index.js';
import { readBlob } from '../blob/index.js';
import { committedHashes, stagedContent } from '../git/index.js';
import { authorsOf } from './authors.js';
import { contentOf } from './content.js';
import type { Guard } from './guard.js';
import { sessionOf } from './who.js';

/**
 * The first of what sessions have written in a checkout of which something stands in the file as it is, and not in the
 * checkout's commit.
 */
export async function firstStanding<Work extends { other: Agent; path: string }>(
  guard: Guard,
  checkout: string,
  works: readonly Work[],
): Promise<Work | undefined> {
  const paths = [...new Set(works.map(({ path }) => path))];
  const committed = await committedHashes(checkout, paths);
  const authors = new Map<string, Set<string>>();
  for (const work of works) {
    const { path } = work;
    const known =
      authors.get(path) ?? (await sessionsIn(guard, { checkout, path }, committed.get(path) ?? ''));
    authors.set(path, known);
    if (known.has(work.other.id)) return work;
  }
  return undefined;
}

/** The sessions whose work stands in a file. */
async function sessionsIn(
  guard: Guard,
  place: { checkout: string; path: string },
  committed: string,
): Promise<Set<string>> {
  const { store, sheetFolder } = guard;
  const { checkout, path } = place;
  const bytes =
    readBlob(sheetFolder, committed) ?? (await stagedContent({ root: checkout, env: {} }, committed));
  const { hash, bytes: now } = contentOf(`${checkout}/${path}`);
  const sides = { committed: { hash: committed, bytes }, now: { hash, bytes: now } };
  const { writes, mover, last } = await authorsOf(guard, store, place, sides);
  const found = new Set<string>();
  for (const write of [...(writes.length > 0 ? writes : [last]), mover]) {
    const session = await sessionOf(store, write?.agentId);
    if (session !== undefined) found.add(session.id);
  }
  return found;
}
