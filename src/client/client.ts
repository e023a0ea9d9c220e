import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { usageError } from '../error/index.js';
import { CLAUDE_HOOKS } from './claude.js';
import { CODEX_HOOKS } from './codex.js';
import type { FilePlace } from './file-place.js';
import { GEMINI_HOOKS } from './gemini.js';
import type { HookEntry } from './hook-entry.js';
import { COMMON_SHAPE, type ServerShape } from './mcp-entry.js';

/** A program that a person works in with an agent. */
export interface Client {
  name: ClientName;
  /** How people call it. */
  title: string;
  /** The name of its program. */
  program: string;
  /** What its settings must hold; `plugin` where it wants a file of our own instead. */
  hooks: readonly HookEntry[] | 'plugin';
  /** How the same file has MCP servers, where it is not another that has them. */
  servers?: ServerShape;
}

export const CLIENT_NAMES = ['claude', 'codex', 'gemini', 'opencode'] as const;
export type ClientName = (typeof CLIENT_NAMES)[number];

export const CLIENTS: readonly Client[] = [
  { name: 'claude', title: 'Claude Code', program: 'claude', hooks: CLAUDE_HOOKS },
  { name: 'codex', title: 'Codex', program: 'codex', hooks: CODEX_HOOKS },
  { name: 'gemini', title: 'Gemini CLI', program: 'gemini', hooks: GEMINI_HOOKS, servers: COMMON_SHAPE },
  { name: 'opencode', title: 'opencode', program: 'opencode', hooks: 'plugin' },
];

/** A file that a client reads in a checkout, in which something of ours has its place. */
export interface SettingsFile {
  client: ClientName;
  /** Who else has it: those who share the repository, only this person in it, or this person in every repository. */
  scope: 'team' | 'person' | 'home';
  place: FilePlace;
}

/** A checkout, and the folder of git that it shares with the others of its repository. */
export interface Checkout {
  root: string;
  commonDir: string;
}

/**
 * These files of all clients, whether they exist or not.
 * @throws {CallsheetError} `SETTINGS_PLACE` when `CODEX_HOME` is no absolute path.
 */
export function settingsFiles({ root, commonDir }: Checkout, env: NodeJS.ProcessEnv): SettingsFile[] {
  const home = homeOf(env);
  const personal = basename(commonDir) === '.git' ? dirname(commonDir) : root;
  return [
    { client: 'claude', scope: 'team', place: { base: root, path: '.claude/settings.json' } },
    // Claude Code finds a person's own beside `.git`, from every folder of every worktree; elsewhere only as the shared one.
    { client: 'claude', scope: 'person', place: { base: personal, path: '.claude/settings.local.json' } },
    { client: 'codex', scope: 'home', place: codexPlace(env['CODEX_HOME'], home) },
    { client: 'gemini', scope: 'team', place: { base: root, path: '.gemini/settings.json' } },
    { client: 'gemini', scope: 'home', place: { base: home, path: '.gemini/settings.json' } },
    { client: 'opencode', scope: 'team', place: { base: root, path: `.opencode/${PLUGIN}` } },
    { client: 'opencode', scope: 'home', place: inConfig(env, home, `opencode/${PLUGIN}`) },
  ];
}

const PLUGIN = 'plugins/callsheet.js';

/** Files by which it shows that a client is used here, though it is not on the PATH. */
export function signsOfClients(
  checkout: Checkout,
  env: NodeJS.ProcessEnv,
): Pick<SettingsFile, 'client' | 'place'>[] {
  return [
    ...settingsFiles(checkout, env),
    { client: 'opencode', place: { base: checkout.root, path: 'opencode.json' } },
    { client: 'opencode', place: inConfig(env, homeOf(env), 'opencode/opencode.json') },
  ];
}

/** A person's own file of a program that keeps to the XDG base directories. */
function inConfig(env: NodeJS.ProcessEnv, home: string, path: string): FilePlace {
  const config = env['XDG_CONFIG_HOME'] ?? '';
  if (!isAbsolute(config)) return { base: home, path: `.config/${path}` };
  // It is made when the first program writes there.
  return { base: dirname(join(config)), path: `${basename(join(config))}/${path}` };
}

function homeOf(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'];
  return home === undefined || home === '' ? homedir() : home;
}

function codexPlace(folder: string | undefined, home: string): FilePlace {
  if (folder === undefined || folder === '') return { base: home, path: '.codex/hooks.json' };
  if (isAbsolute(folder) && !folder.includes('\0')) return { base: join(folder), path: 'hooks.json' };
  throw usageError(
    'SETTINGS_PLACE',
    `CODEX_HOME is “${folder.slice(0, 200)}”, which is no absolute path. Nothing was changed.`,
    'Set it to the absolute path of the folder of Codex, or unset it.',
  );
}
