import type { Node } from 'jsonc-parser';
import type { Jsonc } from './jsonc.js';
import { ownHandlers, readTree, valueAt } from './settings-tree.js';

/**
 * A settings file for people to read: each hook of ours takes one line, and has `(line 1)` for its command.
 * @param lines The commands by number; those that are met for the first time are added.
 * @returns The text as it is where it cannot be read.
 */
export function briefHooks(jsonc: Jsonc, text: string, lines: string[]): string {
  const handlers = ownHandlers(treeOf(jsonc, text));
  const briefs = handlers.map(({ group, handler }) => {
    const isAlone = valueAt(group, 'hooks')?.children?.length === 1;
    const own = isAlone ? aloneIn(group) : handler;
    return [own, valueAt(handler, 'command')] as const;
  });
  const shown = briefs.map(([node, command]) => [node, briefOf(text, node, command, lines)] as const);
  return shown.reduceRight(
    (rest, [{ offset, length }, brief]) => rest.slice(0, offset) + brief + rest.slice(offset + length),
    text,
  );
}

/** What an event holds, where that is this alone. */
function aloneIn(group: Node): Node {
  const groups = group.parent;
  return groups?.children?.length === 1 ? groups : group;
}

function treeOf(jsonc: Jsonc, text: string): Node | undefined {
  try {
    return readTree(jsonc, text);
  } catch {
    // Whoever puts hooks in says what is wrong with it.
    return undefined;
  }
}

function briefOf(text: string, node: Node, command: Node | undefined, lines: string[]): string {
  const whole = text.slice(node.offset, node.offset + node.length);
  const line = String(command?.value);
  // With a comment in it, it is shown as it is.
  if (command === undefined || !isPlainJson(whole)) return whole;
  if (!lines.includes(line)) lines.push(line);
  return JSON.stringify(JSON.parse(whole), (_, value: unknown) =>
    value === line ? `(line ${lines.indexOf(line) + 1})` : value,
  );
}

function isPlainJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
