import { resolve } from 'node:path';
import { usageError } from '../error/index.js';
import { oneLine } from '../text/index.js';
import { commandDriver } from './command.js';
import type { Driver } from './driver.js';
import { scriptedDriver } from './scripted.js';

export interface DriverContext {
  /** The folder that a relative script file is looked for in, absolute. */
  folder: string;
}

const NOT_BUILT_YET = ['claude', 'codex', 'acp', 'tmux'];
const WAYS = 'Give one of: --agent "command:CMD" (any command-line agent), --agent scripted:FILE.';

/**
 * The driver that a name asks for: `command:CMD` or `scripted:FILE`.
 * @throws {CallsheetError} `DRIVER_UNKNOWN` for anything else.
 */
export function driverFor(name: string, { folder }: DriverContext): Driver {
  const [kind = '', rest] = splitOnce(name);
  const argument = rest?.trim() ?? '';
  if (argument !== '' && kind === 'command') return commandDriver(argument);
  if (argument !== '' && kind === 'scripted') return scriptedDriver(name, resolve(folder, argument));
  throw usageError('DRIVER_UNKNOWN', problem(oneLine(name, 80), kind), WAYS);
}

function problem(name: string, kind: string): string {
  if (kind === 'command') return `The driver "${name}" names no command; no agent was started.`;
  if (kind === 'scripted') return `The driver "${name}" names no script file; no agent was started.`;
  if (NOT_BUILT_YET.includes(kind)) {
    return `The driver "${name}" is not built yet; no agent was started. Until it is, run that agent with command:CMD.`;
  }
  return `There is no driver "${name}": there are command:CMD and scripted:FILE. No agent was started.`;
}

function splitOnce(name: string): [string, string | undefined] {
  const colon = name.indexOf(':');
  return colon === -1 ? [name.trim(), undefined] : [name.slice(0, colon).trim(), name.slice(colon + 1)];
}
