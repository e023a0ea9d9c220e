import { shownNames } from '../text/index.js';
import type { Note } from './note.js';

/**
 * Which files of each note hold something else than when it was written, by the note's id; a note without any is left
 * out.
 * @param hashOf What a path holds now, as git's object id: empty for nothing, undefined for no file. Asked once for each.
 */
export async function staleFiles(
  notes: readonly Pick<Note, 'id' | 'anchors'>[],
  hashOf: (path: string) => Promise<string | undefined>,
): Promise<Map<string, string[]>> {
  const now = new Map<string, string | undefined>();
  const stale = new Map<string, string[]>();
  for (const { id, anchors } of notes) {
    const changed: string[] = [];
    for (const [path, hash] of Object.entries(anchors)) {
      if (!now.has(path)) now.set(path, await hashOf(path));
      if (now.get(path) !== hash) changed.push(path);
    }
    if (changed.length > 0) stale.set(id, changed);
  }
  return stale;
}

/** In words that a note may no longer hold; empty when nothing has changed. */
export function staleRemark(changed: readonly string[]): string {
  if (changed.length === 0) return '';
  return `possibly stale: ${shownNames(changed, 3)} ${changed.length === 1 ? 'has' : 'have'} changed since`;
}
