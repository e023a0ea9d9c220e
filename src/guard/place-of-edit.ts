import type { TextEdit } from '../write/index.js';
import type { LineChange } from './line-changes.js';

/** The lines that edits replace; undefined when a text of one does not stand there exactly once. */
export function placesOfEdits(content: Buffer, edits: readonly TextEdit[]): LineChange[] | undefined {
  const places = edits.map((edit) => placeOfEdit(content, edit));
  return places.every((place) => place !== undefined) ? places : undefined;
}

function placeOfEdit(content: Buffer, edit: TextEdit): LineChange | undefined {
  const text = content.toString('utf8');
  const old = inLineEndsOf(text, edit.old);
  const at = old === '' ? -1 : text.indexOf(old);
  if (at === -1 || text.indexOf(old, at + 1) !== -1) return undefined;
  const from = linesIn(text.slice(0, at)) + 1;
  return { from, to: from + linesIn(old.replace(/\n$/, '')) };
}

/** What a file holds after an edit; undefined when that cannot be foreseen. */
export function contentAfter(
  content: Buffer,
  edits: readonly TextEdit[],
  everywhere: boolean,
): Buffer | undefined {
  let text = content.toString('utf8');
  if (!Buffer.from(text).equals(content)) return undefined;
  for (const edit of edits) {
    const old = inLineEndsOf(text, edit.old);
    if (old === '' || !text.includes(old)) return undefined;
    const replacement = inLineEndsOf(text, edit.new);
    text = everywhere ? text.replaceAll(old, () => replacement) : text.replace(old, () => replacement);
  }
  return Buffer.from(text);
}

/** Clients show a file with plain line ends, and keep the file's own when they write. */
function inLineEndsOf(text: string, part: string): string {
  if (!text.includes('\r\n') || part.includes('\r\n')) return part;
  return text.includes(part) ? part : part.replaceAll('\n', '\r\n');
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
