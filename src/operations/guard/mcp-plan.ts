import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import {
  CLIENTS,
  COMMON_SHAPE,
  fullPath,
  holdsServer,
  loadJsonc,
  mcpFiles,
  OPENCODE_SHAPE,
  putBlock,
  putServer,
  SHARED_ENTRY,
  takeBlock,
  takeServer,
  type McpEntry,
  type McpFile,
} from '../../client/index.js';
import type { Context } from '../operation.js';
import { putting, taking, type Change } from './change.js';
import { mcpScriptPlace, puttingMcpScript, takingMcpScript } from './mcp-script.js';
import type { Plan } from './plan.js';
import { allRecords, readRecord } from './record.js';
import { explained, textOf, type Target } from './target.js';

type Place = Pick<Context, 'sheet' | 'env'>;

/** Puts our MCP server where these clients look for theirs; with `local` only where nobody else does. */
export async function planMcp(
  context: Place,
  clients: readonly McpFile['client'][],
  local: boolean,
): Promise<Plan> {
  const { folder } = context.sheet;
  const files = mcpFiles(context.sheet, context.env).filter(({ client }) => clients.includes(client));
  const wanted = files.filter(({ scope }) => !local || scope !== 'team');
  const isElsewhere = CLIENTS.some(({ name, servers }) => servers !== undefined && clients.includes(name));
  if (files.length === 0 && !isElsewhere) return { changes: [], notes: [] };
  const changes = [puttingMcpScript(folder)];
  for (const file of wanted) changes.push(putting(folder, await targetOf(file, context)));
  const script = fullPath(mcpScriptPlace(folder));
  const notes = files
    .filter((file) => !wanted.includes(file))
    .map(({ client, place }) => {
      const own =
        client === 'claude'
          ? `claude mcp add --scope local callsheet -- '${script}'`
          : `give opencode '${script}' as a local server in its settings at home`;
      return `${place.path} is for all who share the repository. The MCP server for you alone: ${own}`;
    });
  return { changes, notes };
}

/**
 * Takes out what init has put there, or with clients told, all that is ours in their files. The script stays while
 * a file has the server that is neither among these nor among `others`.
 */
export async function planMcpRemoval(
  context: Place,
  told: readonly McpFile['client'][],
  local: boolean,
  others: readonly Change[],
): Promise<Plan> {
  const { folder } = context.sheet;
  const plan: Plan = { changes: [], notes: [] };
  for (const file of mcpFiles(context.sheet, context.env)) {
    // What is for one person only is in no file that init has written.
    if (local) continue;
    if (told.length > 0 && !told.includes(file.client)) continue;
    const isKnown = readRecord(folder, fullPath(file.place)) !== undefined;
    if (isKnown || told.length > 0)
      plan.changes.push(taking(folder, await targetOf(file, context), told.length > 0));
  }
  const handled = new Set([...plan.changes, ...others].map(({ place }) => fullPath(place)));
  const left = allRecords(folder)
    .map(({ path }) => path)
    .filter((path) => holdsServer(path) && !handled.has(path) && existsSync(path));
  if (left.length === 0) plan.changes.push(takingMcpScript(folder));
  else plan.notes.push(`The MCP server stays, since ${left.join(', ')} has it.`);
  return plan;
}

async function targetOf(file: McpFile, context: Place): Promise<Target> {
  return file.format === 'toml' ? tomlTarget(file) : jsonTarget(file, entryFor(file, context));
}

/** Claude Desktop is started nowhere in particular, and does not write files: it leads, in a repository that is named. */
function entryFor({ client }: McpFile, { sheet }: Place): McpEntry {
  if (client !== 'claude-desktop') return SHARED_ENTRY;
  const name = basename(sheet.root).replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  return {
    name: `callsheet-${name}`,
    command: fullPath(mcpScriptPlace(sheet.folder)),
    args: ['--role', 'lead', '--repo', sheet.root],
  };
}

async function jsonTarget({ place, client }: McpFile, entry: McpEntry): Promise<Target> {
  const jsonc = await loadJsonc();
  const shape = client === 'opencode' ? OPENCODE_SHAPE : COMMON_SHAPE;
  return target(place, {
    put: (text) => putServer(jsonc, text, entry, shape),
    take: (text, before) => takeServer(jsonc, text, { name: entry.name, list: shape.list }, before),
    isEmpty: (text) => text.replaceAll(/\s/g, '') === '{}',
  });
}

function tomlTarget({ place }: McpFile): Target {
  return target(place, {
    put: (text) => putBlock(text, SHARED_ENTRY),
    take: (text) => takeBlock(text),
    isEmpty: (text) => text.trim() === '',
  });
}

interface Edits {
  put: (text: string) => string;
  take: (text: string, before: string) => string;
  isEmpty: (text: string) => boolean;
}

function target(place: Target['place'], { put, take, isEmpty }: Edits): Target {
  const edited = (content: Buffer | undefined, edit: (text: string) => string): Buffer => {
    const text = content === undefined ? '' : textOf(place, content);
    const after = explained(place, () => edit(text));
    return content !== undefined && after === text ? content : Buffer.from(after);
  };
  return {
    place,
    put: (content) => edited(content, put),
    take: (content, before) => edited(content, (text) => take(text, before?.toString('utf8') ?? '')),
    isEmpty: (content) => isEmpty(content.toString('utf8')),
    state: (content) => {
      if (content === undefined) return 'none';
      if (edited(content, put).equals(content)) return 'current';
      return edited(content, (text) => take(text, '')).equals(content) ? 'none' : 'old';
    },
  };
}
