import type { McpEntry } from './mcp-entry.js';
import { SettingsMistake } from './settings-tree.js';

// Tables may stand anywhere in TOML, so ours is a block of whole lines at the end: nothing else need be understood.
const BEGIN = '# callsheet init: begin';
const END = '# callsheet init: end';

/**
 * The text of a TOML file with our MCP server in a block of its own. Everything else keeps its bytes.
 * @throws {SettingsMistake} when another server has the name.
 */
export function putBlock(text: string, entry: McpEntry): string {
  const found = blockIn(text);
  const rest = found === undefined ? text : text.slice(0, found.from) + text.slice(found.to);
  const other = new RegExp(`^[ \\t]*\\[[ \\t]*mcp_servers[ \\t]*\\.[ \\t]*"?${entry.name}"?[ \\t]*\\]`, 'm');
  const taken = other.exec(rest);
  if (taken !== null)
    throw new SettingsMistake(`mcp_servers.${entry.name} is a server of somebody else`, rest, taken.index);
  const block = blockOf(entry);
  if (found !== undefined) return text.slice(0, found.from) + block + text.slice(found.to);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block}`;
}

/** The text without our block. */
export function takeBlock(text: string): string {
  const found = blockIn(text);
  return found === undefined ? text : text.slice(0, found.from) + text.slice(found.to);
}

function blockOf({ name, command, args }: McpEntry): string {
  const lines = [
    BEGIN,
    `[mcp_servers.${name}]`,
    `command = ${JSON.stringify(command)}`,
    `args = [${args.map((each) => JSON.stringify(each)).join(', ')}]`,
    END,
  ];
  return `${lines.join('\n')}\n`;
}

function blockIn(text: string): { from: number; to: number } | undefined {
  const from = text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1;
  if (from === 0 && !text.startsWith(BEGIN)) return undefined;
  const end = text.indexOf(`\n${END}`, from);
  if (end === -1) throw new SettingsMistake(`“${BEGIN}” has no “${END}”`, text, from);
  const line = text.indexOf('\n', end + 1);
  return { from, to: line === -1 ? text.length : line + 1 };
}
