import type { Edit, Node } from 'jsonc-parser';
import { isDeepStrictEqual } from 'node:util';
import { groupOf, type HookEntry } from './hook-entry.js';
import type { Jsonc } from './jsonc.js';
import { ownHandlers, readTree, valueAt, withoutMark, type OwnHandler } from './settings-tree.js';
import { deletion, insertion, pageOf, replacement, type Page } from './splice.js';

// As many as there can be of ours, and what is added.
const MOST_STEPS = 200;

/**
 * The text of a settings file with these hooks of ours and no others of ours. Everything else keeps its bytes; an old
 * hook of ours is replaced where it stands. The same text when it has them already.
 * @throws {SettingsMistake}
 */
export function putHooks(jsonc: Jsonc, given: string, wanted: readonly HookEntry[]): string {
  const { mark, text } = withoutMark(given);
  if (readTree(jsonc, text) === undefined)
    return `${mark}${JSON.stringify({ hooks: asObject(wanted) }, null, 2)}\n`;
  return mark + untilDone(jsonc, text, (page, root) => stepTowards(page, root, wanted));
}

/**
 * The text without any hook of ours, and without what only held them. What `before` (the text from before ours were
 * put in) had stays, empty or not.
 * @throws {SettingsMistake}
 */
export function takeHooks(jsonc: Jsonc, given: string, before = ''): string {
  const { mark, text } = withoutMark(given);
  const kept = keptNames(jsonc, before);
  const step = (page: Page, root: Node): Edit[] | undefined => {
    const [own] = ownHandlers(root);
    return own === undefined ? undefined : removal(page, root, own, kept);
  };
  return mark + untilDone(jsonc, text, step);
}

function untilDone(
  jsonc: Jsonc,
  given: string,
  stepOf: (page: Page, root: Node) => Edit[] | undefined,
): string {
  let text = given;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const root = readTree(jsonc, text);
    const edits = root === undefined ? undefined : stepOf(pageOf(jsonc, text, root), root);
    if (edits === undefined) return text;
    text = jsonc.applyEdits(text, edits);
  }
  throw new Error(`Invariant broken: ${MOST_STEPS} changes were not enough`);
}

/** Adds before it removes, so that what holds hooks of ours stays where it is. */
function stepTowards(page: Page, root: Node, wanted: readonly HookEntry[]): Edit[] | undefined {
  const left = ownHandlers(root);
  const missing: HookEntry[] = [];
  for (const entry of wanted) {
    const at = left.findIndex(({ event, matcher }) => event === entry.event && matcher === entry.matcher);
    const [own] = at === -1 ? [] : left.splice(at, 1);
    if (own === undefined) missing.push(entry);
    else if (!isSame(page, own.handler, entry.handler)) return replacement(page, own.handler, entry.handler);
  }
  const [first] = missing;
  if (first !== undefined) return addition(page, root, missing, first);
  const [old] = left;
  return old === undefined ? undefined : removal(page, root, old, new Set());
}

// The library makes its objects without a prototype.
function isSame({ jsonc }: Page, node: Node, value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(jsonc.getNodeValue(node))), value);
}

function addition(page: Page, root: Node, missing: readonly HookEntry[], first: HookEntry): Edit[] {
  const hooks = valueAt(root, 'hooks');
  if (hooks === undefined) return insertion(page, root, asObject(missing), 'hooks');
  const groups = valueAt(hooks, first.event);
  if (groups !== undefined) return insertion(page, groups, groupOf(first));
  return insertion(page, hooks, asObject(missing)[first.event], first.event);
}

function asObject(entries: readonly HookEntry[]): Record<string, unknown[]> {
  const byEvent: Record<string, unknown[]> = {};
  for (const entry of entries) (byEvent[entry.event] ??= []).push(groupOf(entry));
  return byEvent;
}

/** Takes out the handler, or the largest thing that holds nothing besides it. */
function removal(page: Page, root: Node, own: OwnHandler, kept: ReadonlySet<string>): Edit[] {
  const handlers = valueAt(own.group, 'hooks');
  const groups = own.group.parent;
  const property = groups?.parent;
  const hooks = property?.parent;
  const all = hooks?.parent;
  if (handlers === undefined || groups === undefined || property === undefined || hooks === undefined)
    throw new Error(`Invariant broken: a hook of ${own.event} outside the hooks`);
  if (count(handlers) > 1) return deletion(page, handlers, own.handler);
  if (count(groups) > 1 || kept.has(`hooks.${own.event}`)) return deletion(page, groups, own.group);
  if (count(hooks) > 1 || all === undefined || kept.has('hooks')) return deletion(page, hooks, property);
  return deletion(page, root, all);
}

const count = ({ children }: Node): number => children?.length ?? 0;

function keptNames(jsonc: Jsonc, before: string): Set<string> {
  const hooks = valueAt(readTree(jsonc, withoutMark(before).text), 'hooks');
  if (hooks === undefined) return new Set();
  const events = (hooks.children ?? []).map(({ children }) => `hooks.${String(children?.[0]?.value)}`);
  return new Set(['hooks', ...events]);
}
