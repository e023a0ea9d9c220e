import { plainText } from './plain.js';

/**
 * Shortens text to at most `maxChars` characters, keeping head and tail: what an agent printed first says what
 * it did, what it printed last says how it ended.
 */
export function boundedMiddle(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const mark = `\n… ${text.length - maxChars} characters left out …\n`;
  const room = Math.max(0, maxChars - mark.length);
  const head = Math.ceil(room / 3);
  return text.slice(0, head) + mark + text.slice(text.length - (room - head));
}

/** The last lines of a text, at most `maxLines` and `maxChars`. */
export function tailOf(text: string, maxLines: number, maxChars = 4_000): string {
  const lines = text.trimEnd().split('\n').slice(-maxLines).join('\n');
  return lines.length <= maxChars ? lines : `…${lines.slice(lines.length - maxChars)}`;
}

/** Names that somebody else has given, of files above all, as a list on one line; of many the first. */
export function shownNames(names: readonly string[], most = 20): string {
  const shown = names.slice(0, most).map((name) => oneLine(plainText(name), 200));
  return shown.join(', ') + (names.length > most ? `, and ${names.length - most} more` : '');
}

/** One line of at most `maxChars` characters, for tables and messages. */
export function oneLine(text: string, maxChars: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= maxChars ? line : `${line.slice(0, Math.max(0, maxChars - 1))}…`;
}
