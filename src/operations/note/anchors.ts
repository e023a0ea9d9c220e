import type { Anchors, Note } from '../../note/index.js';
import { staleFiles } from '../../note/index.js';
import { fileHash } from '../../read/index.js';

// What is larger is data as a rule, and reading it would hold up whoever looks at the notes.
const LARGEST_BYTES = 20_000_000;

const hashIn = (root: string) => (path: string) => fileHash(root, path, { maxBytes: LARGEST_BYTES });

/** What each of the files that there are in a checkout holds now. */
export async function anchorsIn(root: string, paths: readonly string[]): Promise<Anchors> {
  const anchors: [string, string][] = [];
  for (const path of paths) {
    const hash = await hashIn(root)(path);
    // A note may be about files that are to be made, about folders and patterns: those are no code that changes.
    if (hash !== undefined && hash !== '') anchors.push([path, hash]);
  }
  return Object.fromEntries(anchors);
}

/** Which files of each note are not in a checkout as they were when it was written. */
export function staleIn(root: string, notes: readonly Note[]): Promise<Map<string, string[]>> {
  return staleFiles(notes, hashIn(root));
}
