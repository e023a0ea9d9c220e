import { oneLine, plainText } from '../text/index.js';
import type { Content } from './content.js';
import { LONGEST_DIFF, type LineChanges } from './line-changes.js';

const HEAD_LINES = 40;
/** A refusal names a path up to three times, and is to stay short. */
const LONGEST_PATH = 200;

/** A path as it is shown: what agents name is data. */
export function shownPath(path: string): string {
  return oneLine(plainText(path), LONGEST_PATH);
}

/** A path as a word of a command that an agent may run. */
export function quotedPath(path: string): string {
  const shown = shownPath(path);
  return /^[\w./@+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

/** A diff, quoted, with what is left out of it said. */
function quotedDiff(changes: LineChanges | undefined): string {
  if (changes === undefined) return '(The change cannot be shown as text. Read the file.)';
  const rest = changes.isWhole ? '' : '(More has changed than is shown here. Read the file for the rest.)\n';
  return `${changes.text}${rest}`.trimEnd();
}

export function unseenRefusal(path: string, current: Content): string {
  return notSeenRefusal(path, current, `which you have not seen; ${OF_ALL}`);
}

/** A cell of a notebook is named, and not what it holds. */
export function unseenCellRefusal(path: string, current: Content, who: string): string {
  return notSeenRefusal(
    path,
    current,
    `which you have not seen: ${who}. This could drop what is in that cell.`,
  );
}

/** @param since What has changed in it since that part was seen. */
export function partRefusal(
  path: string,
  current: Content,
  since: { who: string; changes: LineChanges | undefined } | undefined,
): string {
  const what = since === undefined ? [] : [`It has changed since: ${since.who}.`, quotedDiff(since.changes)];
  return notSeenRefusal(path, current, `of which you have seen a part only; ${OF_ALL}`, what);
}

const OF_ALL = 'a whole-file write would replace all of it.';

function notSeenRefusal(path: string, current: Content, seen: string, what: readonly string[] = []): string {
  const text = current.bytes?.includes(0) === false ? plainText(current.bytes.toString('utf8')) : undefined;
  const lines = text?.split('\n') ?? [];
  const head = lines
    .slice(0, HEAD_LINES)
    .join('\n')
    .slice(0, Math.max(0, LONGEST_DIFF - what.join('').length));
  // What ends a line begins no other.
  const count = lines.length - (lines.at(-1) === '' ? 1 : 0);
  const bytes = `${current.bytes?.length ?? 'many'} bytes`;
  const size = text === undefined ? bytes : `${count} ${count === 1 ? 'line' : 'lines'}, ${bytes}`;
  return [
    `callsheet: not written. ${shownPath(path)} exists (${size}), ${seen}`,
    ...what,
    ...(head === '' ? [] : ['It begins:', head]),
    'Change it with an edit, or read it first. The same write again goes through.',
  ].join('\n');
}

/** What a refusal that quotes a change says of having seen it. */
function seenNow(changes: LineChanges | undefined): string {
  return changes?.isWhole === true ? 'You have seen this change now' : 'Look at the file as it is now';
}

export function changedRefusal(path: string, who: string, changes: LineChanges | undefined): string {
  return [
    `callsheet: not written. ${shownPath(path)} has changed since you last saw it whole; this write would drop that change: ${who}.`,
    quotedDiff(changes),
    `${seenNow(changes)}: keep what has changed, and put yours beside it with an edit of the file as it is.`,
  ].join('\n');
}

export function closeRefusal(path: string, who: string, changes: LineChanges | undefined): string {
  return [
    `callsheet: not written. ${shownPath(path)} has changed at the place of this edit since you last saw it: ${who}.`,
    quotedDiff(changes),
    `${seenNow(changes)}. If your edit still holds, make it again; if not, think it over.`,
  ].join('\n');
}

export function busyRefusal(path: string, name: string): string {
  return `callsheet: not written. ${name} is about to write ${shownPath(path)}. Do something else first, then read it and try again.`;
}

/** What goes along with an edit that passed, or reaches an agent at its next step. */
export function toldChange(path: string, who: string, changes: LineChanges | undefined): string {
  return `callsheet: ${shownPath(path)} has changed since you last saw it: ${who}. What you concluded from it may no longer hold.\n${quotedDiff(changes)}`;
}
