/** An MCP server as clients have it in their settings. */
export interface McpEntry {
  name: string;
  command: string;
  args: string[];
}

/** How a client has its servers in JSON: under which key, and what each of them says. */
export interface ServerShape {
  list: string;
  valueOf: (entry: McpEntry) => object;
}

export const COMMON_SHAPE: ServerShape = {
  list: 'mcpServers',
  valueOf: ({ command, args }) => ({ command, args }),
};

export const OPENCODE_SHAPE: ServerShape = {
  list: 'mcp',
  valueOf: ({ command, args }) => ({ type: 'local', command: [command, ...args], enabled: true }),
};

/** By this in its command or arguments an entry of ours is known, of whatever version. */
const OUR_MARK = 'callsheet/mcp';

/** Whether a value is an entry that callsheet has written. */
export function isOurEntry(value: unknown): boolean {
  return JSON.stringify(value)?.includes(OUR_MARK) === true;
}

/** Whether a value starts callsheet's server in a person's own words: that stays as they wrote it. */
export function isOwnChoice(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { command, args } = value as { command?: unknown; args?: unknown };
  const [program, ...rest] = [command, args].flat().filter((word) => typeof word === 'string');
  return /(^|\/)callsheet$/.test(program ?? '') && rest.includes('mcp');
}

/**
 * A server that says that it is none, in plain `sh`: a client tells its person of one that fails, and where callsheet
 * is not set up nobody shall be disturbed. No `${`, which clients would take for variables of their own.
 */
export const ABSENT_SERVER = [
  'while IFS= read -r l; do',
  `i=$(printf '%s' "$l" | sed -n 's/.*"id": *\\([^,} ]*\\).*/\\1/p'); [ -n "$i" ] || continue;`,
  'case "$l" in',
  `*'"initialize"'*) v=$(printf '%s' "$l" | sed -n 's/.*"protocolVersion": *"\\([^"]*\\)".*/\\1/p');`,
  `printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"%s","capabilities":{},"serverInfo":{"name":"callsheet","version":"0"},"instructions":"callsheet is not set up here. A person can do that: callsheet init"}}\\n' "$i" "$v";;`,
  `*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"callsheet is not set up here"}}\\n' "$i";;`,
  'esac; done',
].join(' ');

// Clients start it in the folder of the session, or in the top folder of the project.
const LINE = `m="$(git rev-parse --path-format=absolute --git-common-dir 2>/dev/null)/callsheet/mcp"; [ -x "$m" ] && exec "$m"; ${ABSENT_SERVER}`;

/** What settings hold that others may share: it names nobody's folders, and starts what `init` has put there, if it has. */
export const SHARED_ENTRY: McpEntry = { name: 'callsheet', command: 'sh', args: ['-c', LINE] };
