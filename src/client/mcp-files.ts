import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { settingsFiles, type Checkout, type ClientName } from './client.js';
import type { FilePlace } from './file-place.js';

/** A file in which a client looks for MCP servers. */
export interface McpFile {
  client: ClientName | 'claude-desktop';
  format: 'json' | 'toml';
  /** Who else has it: those who share the repository, or this person everywhere. */
  scope: 'team' | 'home';
  place: FilePlace;
}

/** The files that `init` puts our server into, but for those of clients that have their hooks there too. @throws {CallsheetError} `SETTINGS_PLACE`. */
export function mcpFiles(checkout: Checkout, env: NodeJS.ProcessEnv): McpFile[] {
  const files: McpFile[] = [
    { client: 'claude', format: 'json', scope: 'team', place: { base: checkout.root, path: '.mcp.json' } },
    {
      client: 'opencode',
      format: 'json',
      scope: 'team',
      place: { base: checkout.root, path: 'opencode.json' },
    },
    { client: 'claude-desktop', format: 'json', scope: 'home', place: desktopPlace(env) },
  ];
  const codex = settingsFiles(checkout, env).find(({ client }) => client === 'codex');
  // Codex keeps its hooks and the rest of its settings in one folder.
  const path = codex?.place.path.replace('hooks.json', 'config.toml');
  if (codex !== undefined && path !== undefined)
    files.push({ client: 'codex', format: 'toml', scope: 'home', place: { ...codex.place, path } });
  return files;
}

const DESKTOP_FILE = 'claude_desktop_config.json';

/** Files that have servers and no hooks. */
const ENDS = ['/.mcp.json', '/opencode.json', '/config.toml', `/${DESKTOP_FILE}`];

/** Whether a path is that of a file which `init` puts our server into. */
export function holdsServer(path: string): boolean {
  return [...ENDS, '/.gemini/settings.json'].some((end) => path.endsWith(end));
}

/** Whether a path is that of a file which `init` puts our hooks into. */
export function holdsHooks(path: string): boolean {
  return /\.js(on)?$/.test(path) && !ENDS.some((end) => path.endsWith(end));
}

function desktopPlace(env: NodeJS.ProcessEnv): FilePlace {
  const named = env['HOME'] ?? '';
  const home = named === '' ? homedir() : named;
  if (process.platform === 'darwin')
    return { base: home, path: `Library/Application Support/Claude/${DESKTOP_FILE}` };
  const config = env['XDG_CONFIG_HOME'] ?? '';
  if (isAbsolute(config)) return { base: join(config), path: `Claude/${DESKTOP_FILE}` };
  return { base: home, path: `.config/Claude/${DESKTOP_FILE}` };
}
