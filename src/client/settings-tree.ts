import type { Node, ParseError } from 'jsonc-parser';
import { isOurCommand } from './hook-entry.js';
import { TOKEN, type Jsonc } from './jsonc.js';

/** Something is wrong with the text of a settings file. Lines and columns count from 1. */
export class SettingsMistake extends Error {
  override readonly name = 'SettingsMistake';
  readonly line: number;
  readonly column: number;

  constructor(what: string, text: string, offset: number) {
    super(what);
    const before = text.slice(0, offset).split(/\r\n|\n|\r/);
    this.line = before.length;
    this.column = (before.at(-1) ?? '').length + 1;
  }
}

/** A hook of ours in the tree: its handler, and what holds it. */
export interface OwnHandler {
  event: string;
  matcher: unknown;
  handler: Node;
  /** `{ matcher, hooks }`. */
  group: Node;
}

const MOST_LEVELS = 100;
// More than any version has ever written; each is taken out by reading the text anew.
const MOST_OWN = 100;

/**
 * Reads JSON with comments and trailing commas, and looks whether its hooks are where a client has them. Undefined for
 * an empty text.
 * @throws {SettingsMistake}
 */
export function readTree(jsonc: Jsonc, text: string): Node | undefined {
  if (text.trim() === '') return undefined;
  requireFlat(jsonc, text);
  const errors: ParseError[] = [];
  const root = jsonc.parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined || root === undefined) {
    const said = first === undefined ? 'no value' : jsonc.printParseErrorCode(first.error);
    throw new SettingsMistake(`it is no JSON (${said})`, text, first?.offset ?? 0);
  }
  requireShape(text, root);
  return root;
}

// The parser calls itself for each level.
function requireFlat(jsonc: Jsonc, text: string): void {
  const scanner = jsonc.createScanner(text, true);
  let depth = 0;
  for (let kind: number = scanner.scan(); kind !== TOKEN.end; kind = scanner.scan()) {
    if (kind === TOKEN.openBrace || kind === TOKEN.openBracket) depth += 1;
    else if (kind === TOKEN.closeBrace || kind === TOKEN.closeBracket) depth -= 1;
    if (depth > MOST_LEVELS)
      throw new SettingsMistake(
        `it is nested more than ${MOST_LEVELS} levels deep`,
        text,
        scanner.getTokenOffset(),
      );
  }
}

/** What older settings of Gemini CLI have among the events. */
const NO_EVENTS: ReadonlySet<string> = new Set(['enabled', 'disabled', 'notifications']);

function requireShape(text: string, root: Node): void {
  requireType(text, root, 'object', 'the settings');
  const hooks = propertyOf(text, root, 'hooks');
  if (hooks === undefined) return;
  requireType(text, hooks, 'object', 'hooks');
  for (const [event, groups] of entriesOf(text, hooks)) {
    if (NO_EVENTS.has(event)) continue;
    requireType(text, groups, 'array', `hooks.${event}`);
    for (const group of groups.children ?? []) requireGroup(text, group, event);
  }
  const own = ownHandlers(root);
  if (own.length > MOST_OWN)
    throw new SettingsMistake(`more than ${MOST_OWN} hooks are of callsheet`, text, hooks.offset);
}

function requireGroup(text: string, group: Node, event: string): void {
  requireType(text, group, 'object', `each entry of hooks.${event}`);
  const handlers = propertyOf(text, group, 'hooks');
  if (handlers === undefined)
    throw new SettingsMistake(`an entry of hooks.${event} has no hooks`, text, group.offset);
  requireType(text, handlers, 'array', `hooks of an entry of hooks.${event}`);
  for (const handler of handlers.children ?? [])
    requireType(text, handler, 'object', `each hook of hooks.${event}`);
}

function requireType(text: string, node: Node, type: 'object' | 'array', what: string): void {
  if (node.type === type) return;
  const wanted = type === 'object' ? 'an object' : 'a list';
  throw new SettingsMistake(`${what} must be ${wanted}, and is a ${node.type}`, text, node.offset);
}

/** Names and values of an object. @throws {SettingsMistake} for a name that stands there twice. */
function entriesOf(text: string, object: Node): [string, Node][] {
  const seen = new Set<string>();
  return (object.children ?? []).flatMap((property): [string, Node][] => {
    const [key, value] = property.children ?? [];
    const name = String(key?.value);
    if (seen.has(name)) throw new SettingsMistake(`${name} stands there twice`, text, property.offset);
    seen.add(name);
    return value === undefined ? [] : [[name, value]];
  });
}

function propertyOf(text: string, object: Node, name: string): Node | undefined {
  return entriesOf(text, object).find(([each]) => each === name)?.[1];
}

/** A value inside a tree that has been looked at. */
export function valueAt(root: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (object, name) =>
      object?.children?.find((property) => property.children?.[0]?.value === name)?.children?.[1],
    root,
  );
}

/** Every hook of ours in a tree that has been looked at, in the order of the text. */
export function ownHandlers(root: Node | undefined): OwnHandler[] {
  return (valueAt(root, 'hooks')?.children ?? []).flatMap((property) => {
    const [key, groups] = property.children ?? [];
    return (groups?.children ?? []).flatMap((group) =>
      (valueAt(group, 'hooks')?.children ?? [])
        .filter((handler) => isOurCommand(valueAt(handler, 'command')?.value))
        .map((handler) => ({
          event: String(key?.value),
          matcher: valueAt(group, 'matcher')?.value as unknown,
          handler,
          group,
        })),
    );
  });
}

/** A byte order mark is no JSON, and is kept. */
export function withoutMark(text: string): { mark: string; text: string } {
  return text.startsWith('\ufeff') ? { mark: '\ufeff', text: text.slice(1) } : { mark: '', text };
}
