import { dirname, join } from 'node:path';
import { ABSENT_SERVER, readPlace, type FilePlace } from '../../client/index.js';
import { entryPoint } from '../../process/index.js';
import type { Change } from './change.js';

const MODE = 0o755;

/** Where the script lies that the clients' settings start as an MCP server. */
export function mcpScriptPlace(folder: string): FilePlace {
  return { base: folder, path: 'mcp' };
}

function wantedScript(): string {
  const entry = join(dirname(entryPoint('callsheet-main')), 'mcp.cjs');
  return `#!/bin/sh
# Starts callsheet's MCP server for the client that runs this; callsheet init wrote this file.
node=${quoted(process.execPath)}
entry=${quoted(entry)}
[ -x "$node" ] || node=$(command -v node)
[ -n "$node" ] && [ -f "$entry" ] && exec "$node" "$entry" "$@"
# callsheet is not installed any more.
${ABSENT_SERVER}
`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function puttingMcpScript(folder: string): Change {
  const place = mcpScriptPlace(folder);
  const { bytes, mode } = readPlace(place);
  return { place, before: bytes, after: Buffer.from(wantedScript()), modeBefore: mode, mode: MODE };
}

export function takingMcpScript(folder: string): Change {
  const place = mcpScriptPlace(folder);
  const { bytes, mode } = readPlace(place);
  return { place, before: bytes, after: undefined, modeBefore: mode, mode };
}
