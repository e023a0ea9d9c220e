import type { Node } from 'jsonc-parser';
import { isDeepStrictEqual } from 'node:util';
import type { Jsonc } from './jsonc.js';
import { isOurEntry, isOwnChoice, type McpEntry, type ServerShape } from './mcp-entry.js';
import { readTree, SettingsMistake, valueAt, withoutMark } from './settings-tree.js';
import { deletion, insertion, pageOf, replacement } from './splice.js';

/**
 * The text of a JSON file of MCP servers with ours among them. Everything else keeps its bytes, and so does an entry
 * that a person has made for it.
 * @throws {SettingsMistake} also when another server has the name.
 */
export function putServer(jsonc: Jsonc, given: string, entry: McpEntry, shape: ServerShape): string {
  const { mark, text } = withoutMark(given);
  return mark + withServer(jsonc, text, entry, shape);
}

function withServer(jsonc: Jsonc, text: string, entry: McpEntry, { list, valueOf }: ServerShape): string {
  const { name } = entry;
  const wanted = valueOf(entry);
  const root = readTree(jsonc, text);
  if (root === undefined) return `${JSON.stringify({ [list]: { [name]: wanted } }, null, 2)}\n`;
  const page = pageOf(jsonc, text, root);
  const servers = serversIn(text, root, list);
  if (servers === undefined) return jsonc.applyEdits(text, insertion(page, root, { [name]: wanted }, list));
  const own = valueAt(servers, name);
  if (own === undefined) return jsonc.applyEdits(text, insertion(page, servers, wanted, name));
  const value = plainValue(jsonc, own);
  if (isOwnChoice(value)) return text;
  if (!isOurEntry(value))
    throw new SettingsMistake(`${list}.${name} is a server of somebody else`, text, own.offset);
  if (isDeepStrictEqual(value, wanted)) return text;
  return jsonc.applyEdits(text, replacement(page, own, wanted));
}

/**
 * The text without our server, and without the list of servers when only ours was in it, unless `before` had one.
 * @throws {SettingsMistake}
 */
export function takeServer(
  jsonc: Jsonc,
  given: string,
  server: { name: string; list: string },
  before: string,
): string {
  const { mark, text } = withoutMark(given);
  return mark + withoutServer(jsonc, text, server, withoutMark(before).text);
}

function withoutServer(
  jsonc: Jsonc,
  text: string,
  { name, list }: { name: string; list: string },
  before: string,
): string {
  const root = readTree(jsonc, text);
  const servers = root === undefined ? undefined : serversIn(text, root, list);
  const own = valueAt(servers, name);
  if (root === undefined || servers === undefined || own?.parent === undefined) return text;
  if (!isOurEntry(plainValue(jsonc, own))) return text;
  const page = pageOf(jsonc, text, root);
  if (servers.children?.length !== 1 || servers.parent === undefined)
    return jsonc.applyEdits(text, deletion(page, servers, own.parent));
  const edits = hadServers(jsonc, before, list)
    ? replacement(page, servers, {})
    : deletion(page, root, servers.parent);
  return jsonc.applyEdits(text, edits);
}

function serversIn(text: string, root: Node, list: string): Node | undefined {
  const servers = valueAt(root, list);
  if (servers === undefined || servers.type === 'object') return servers;
  throw new SettingsMistake(`${list} must be an object, and is a ${servers.type}`, text, servers.offset);
}

function hadServers(jsonc: Jsonc, before: string, list: string): boolean {
  try {
    return valueAt(readTree(jsonc, before), list) !== undefined;
  } catch (error) {
    if (error instanceof SettingsMistake) return false;
    throw error;
  }
}

// The library makes its objects without a prototype.
function plainValue(jsonc: Jsonc, node: Node): unknown {
  return JSON.parse(JSON.stringify(jsonc.getNodeValue(node))) as unknown;
}
