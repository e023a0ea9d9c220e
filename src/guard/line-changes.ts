import { structuredPatch } from 'diff';
import { plainText } from '../text/index.js';

/** A place where a newer text differs from an older one. */
export interface LineChange {
  /** First line of the newer text that is new, from 1; where lines only went away, the line before which they stood. */
  from: number;
  /** Last line that is new; `from - 1` where lines only went away. */
  to: number;
}

export interface LineChanges {
  places: LineChange[];
  /** A unified diff with 3 lines around each change, made safe to show. */
  text: string;
  /** Whether the diff tells all of it. */
  isWhole: boolean;
}

export const LONGEST_DIFF = 6_000;
const MOST_EDITS = 5_000;

/**
 * What has changed between two contents, by lines. Undefined where no lines can be compared: binary, or so different
 * that a diff says nothing.
 */
export function lineChanges(older: Buffer, newer: Buffer, maxChars = LONGEST_DIFF): LineChanges | undefined {
  if (older.includes(0) || newer.includes(0)) return undefined;
  const [before, after] = [older.toString('utf8'), newer.toString('utf8')];
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: MOST_EDITS });
  if (patch === undefined) return undefined;
  const places = patch.hunks.flatMap((hunk) => placesIn(hunk.lines, hunk.newStart, hunk.newLines));
  let text = '';
  for (const { oldStart, oldLines, newStart, newLines, lines } of patch.hunks) {
    const hunk = plainText(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@\n${lines.join('\n')}\n`);
    if (text.length + hunk.length > maxChars)
      return { places, text: text === '' ? beginningOf(hunk, maxChars) : text, isWhole: false };
    text += hunk;
  }
  return { places, text, isWhole: true };
}

/** As many whole lines as fit. */
function beginningOf(hunk: string, maxChars: number): string {
  return hunk.slice(0, hunk.lastIndexOf('\n', maxChars - 1) + 1);
}

function placesIn(lines: string[], newStart: number, newLines: number): LineChange[] {
  const places: LineChange[] = [];
  // A hunk without new lines names the line before it.
  let at = newLines === 0 ? newStart + 1 : newStart;
  let open: LineChange | undefined;
  for (const line of lines) {
    if (line.startsWith('\\')) continue;
    if (line.startsWith(' ')) open = undefined;
    else if (open === undefined) places.push((open = { from: at, to: at - 1 }));
    if (line.startsWith('+') && open !== undefined) open.to = at;
    if (!line.startsWith('-')) at += 1;
  }
  return places;
}

/** Whether two contents differ in their line ends only, where there is no NUL. */
export function sameButLineEnds(one: Buffer, other: Buffer): boolean {
  if (one.includes(0) || other.includes(0)) return false;
  return folded(one) === folded(other);
}

function folded(content: Buffer): string {
  return content.toString('latin1').replaceAll('\r\n', '\n');
}
