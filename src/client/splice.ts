import type { Edit, Node } from 'jsonc-parser';
import { TOKEN, type Jsonc } from './jsonc.js';

// The library's own `modify` formats the lines around what it inserts anew, and takes comments along with what it
// removes: bytes that are the person's. So places are found by its tree and its scanner, and nothing else is touched.

/** A text, the library that reads it, and how it is laid out. */
export interface Page {
  jsonc: Jsonc;
  text: string;
  /** One level of indentation. */
  unit: string;
  eol: string;
}

/** How the text of a settings file is laid out, told from its first line ends. */
export function pageOf(jsonc: Jsonc, text: string, root: Node): Page {
  const first = root.children?.[0];
  const unit =
    first === undefined || !isFirstOnLine(text, first.offset) ? '  ' : indentAt(text, first.offset);
  return { jsonc, text, unit, eol: /\r\n|\n/.exec(text)?.[0] ?? '\n' };
}

const endOf = ({ offset, length }: Node): number => offset + length;

/** Where the next item of a container would stand: behind its last one and, when there is one, a trailing comma. */
interface End {
  container: Node;
  first: Node | undefined;
  /** Behind the last item; behind the bracket when there is none. */
  after: number;
  /** A comma that nothing follows, or undefined. */
  comma: number | undefined;
}

function endIn(page: Page, container: Node): End {
  const { children = [] } = container;
  const last = children.at(-1);
  const after = last === undefined ? container.offset + 1 : endOf(last);
  const comma = last === undefined ? undefined : commaBehind(page, after);
  return { container, first: children[0], after, comma };
}

/** Puts a value behind the last one of an object (under a name) or of a list. Only adds. */
export function insertion(page: Page, container: Node, value: unknown, name?: string): Edit[] {
  const end = endIn(page, container);
  const { first } = end;
  const isOneLine = first !== undefined && !hasLineBreak(page.text.slice(container.offset, first.offset));
  return isOneLine ? besideLast(page, end, value, name) : belowLast(page, end, value, name);
}

function besideLast({ text }: Page, { container, after, comma }: End, value: unknown, name?: string): Edit[] {
  const gap = /[,:] /.test(text.slice(container.offset, endOf(container))) ? ' ' : '';
  const label = name === undefined ? '' : `${JSON.stringify(name)}:${gap}`;
  const item = `${gap}${label}${JSON.stringify(value)}`;
  return [comma === undefined ? added(after, `,${item}`) : added(comma + 1, `${item},`)];
}

function belowLast(
  page: Page,
  { container, first, after, comma }: End,
  value: unknown,
  name?: string,
): Edit[] {
  const { text, eol, unit } = page;
  const place = behindComments(page, comma === undefined ? after : comma + 1);
  const outer = indentAt(text, container.offset);
  const indent = first === undefined ? outer + unit : indentAt(text, first.offset);
  const label = name === undefined ? '' : `${JSON.stringify(name)}: `;
  const line = `${eol}${indent}${label}${rendered(page, value, indent)}${comma === undefined ? '' : ','}`;
  const item = hasLineBreak(text.slice(place, endOf(container))) ? line : `${line}${eol}${outer}`;
  if (first === undefined || comma !== undefined) return [added(place, item)];
  return place === after ? [added(after, `,${item}`)] : [added(after, ','), added(place, item)];
}

/** Another value in the place of one. */
export function replacement(page: Page, node: Node, value: unknown): Edit[] {
  const isOneLine = !hasLineBreak(page.text.slice(node.offset, endOf(node)));
  const content = isOneLine ? JSON.stringify(value) : rendered(page, value, indentAt(page.text, node.offset));
  return [{ offset: node.offset, length: node.length, content }];
}

/** Takes a property or an element out, with its comma and, when it has lines to itself, with these. */
export function deletion(page: Page, container: Node, node: Node): Edit[] {
  const { text } = page;
  const siblings = container.children ?? [];
  const before = siblings[siblings.indexOf(node) - 1];
  const comma = commaBehind(page, endOf(node));
  if (comma !== undefined && isBlank(text.slice(endOf(node), comma)))
    return [cut(...widened(text, node.offset, comma + 1, node !== siblings.at(-1)))];
  const own = cut(...widened(text, node.offset, endOf(node), false));
  if (comma !== undefined) return [cut(comma, comma + 1), own];
  const other = before === undefined ? undefined : commaBehind(page, endOf(before));
  if (other === undefined) return [own];
  const isBeside = isBlank(text.slice(other + 1, own.offset));
  return isBeside ? [cut(other, own.offset + own.length)] : [cut(other, other + 1), own];
}

/** With the line break before it when it has its lines to itself, else with the spaces behind it when something follows. */
function widened(text: string, start: number, end: number, isFollowed: boolean): [number, number] {
  if (isFirstOnLine(text, start) && isLastOnLine(text, end)) return [startOfLineBreak(text, start), end];
  const gap = isFollowed ? (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0) : 0;
  return [start, end + gap];
}

const added = (offset: number, content: string): Edit => ({ offset, length: 0, content });
const cut = (from: number, to: number): Edit => ({ offset: from, length: to - from, content: '' });
const hasLineBreak = (text: string): boolean => /[\r\n]/.test(text);
const isBlank = (text: string): boolean => /^[ \t]*$/.test(text);

function rendered({ unit, eol }: Page, value: unknown, indent: string): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`);
}

/** Where the comma stands that follows a value, comments between them aside. */
function commaBehind({ jsonc, text }: Page, offset: number): number | undefined {
  const scanner = jsonc.createScanner(text, true);
  scanner.setPosition(offset);
  const kind: number = scanner.scan();
  return kind === TOKEN.comma ? scanner.getTokenOffset() : undefined;
}

/** Behind the comments that begin on the same line: they are about what stands before them. */
function behindComments({ jsonc, text }: Page, offset: number): number {
  const scanner = jsonc.createScanner(text, false);
  scanner.setPosition(offset);
  let place = offset;
  for (let kind: number = scanner.scan(); ; kind = scanner.scan()) {
    if (kind === TOKEN.space) continue;
    if (kind !== TOKEN.blockComment && kind !== TOKEN.lineComment) return place;
    place = scanner.getTokenOffset() + scanner.getTokenLength();
  }
}

function startOfLine(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

/** Where the line break before this line begins. */
function startOfLineBreak(text: string, offset: number): number {
  const start = startOfLine(text, offset);
  if (start === 0) return 0;
  return text.slice(start - 2, start) === '\r\n' ? start - 2 : start - 1;
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(startOfLine(text, offset), offset))?.[0] ?? '';
}

function isFirstOnLine(text: string, offset: number): boolean {
  const start = startOfLine(text, offset);
  return start > 0 && isBlank(text.slice(start, offset));
}

function isLastOnLine(text: string, offset: number): boolean {
  return /^[ \t]*(?:\r|\n|$)/.test(text.slice(offset));
}
