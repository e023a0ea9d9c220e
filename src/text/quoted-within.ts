import { boundedMiddle } from './bounded.js';
import { plainText } from './plain.js';

/** What agents wrote is data: quoted, so that no line of it stands as one of ours; shortened before, not after. */
export function quotedWithin(text: string, atMost: number): string {
  return boundedMiddle(plainText(text).trimEnd(), atMost)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** Shortens by whole lines, so that the rest of a quoted line never stands there unquoted. */
export function boundedLines(text: string, atMost: number): string {
  if (text.length <= atMost) return text;
  const mark = '… the rest is left out …';
  const kept: string[] = [];
  let room = atMost - mark.length - 1;
  for (const line of text.split('\n')) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return [...kept, mark].join('\n');
}
