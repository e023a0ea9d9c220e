import { applyPatch, structuredPatch } from 'diff';

const CONTEXTS = [3, 1, 0];
const MOST_EDITS = 5_000;

/** What a text becomes by a change that was made to another state of it; undefined where the two do not go together. */
export function rebased(change: { before: Buffer; after: Buffer }, onto: Buffer): Buffer | undefined {
  if (change.before.equals(onto)) return change.after;
  if ([change.before, change.after, onto].some((text) => text.includes(0))) return undefined;
  const [before, after] = [change.before.toString('utf8'), change.after.toString('utf8')];
  for (const context of CONTEXTS) {
    const patch = structuredPatch('', '', before, after, '', '', { context, maxEditLength: MOST_EDITS });
    const text = patch === undefined ? false : applyPatch(onto.toString('utf8'), patch);
    if (text !== false) return Buffer.from(text);
  }
  return undefined;
}
