import { setTimeout as pause } from 'node:timers/promises';
import type { Action } from './action.js';
import { coordinate } from './callsheet.js';
import { workOnFiles } from './files.js';
import { howItEnded, runProgram } from './run-program.js';
import { say } from './say.js';
import { waitFor } from './waiting.js';

export interface Surroundings {
  workspace: string;
  brief: string;
  /** Aborts when the agent is interrupted in this step. */
  signal: AbortSignal;
}

/** Does one step. Rejects with what a person needs to know when it cannot be done. */
export async function perform(action: Action, { workspace, brief, signal }: Surroundings): Promise<void> {
  switch (action.step) {
    case 'read':
    case 'edit':
    case 'write':
    case 'delete':
      return workOnFiles(action, workspace);
    case 'run':
      return run(action, brief, signal);
    case 'commit':
      return commit(action.message, signal);
    case 'wait':
      return waitFor(action.for, signal);
    case 'silent':
      return pause(action.ms, undefined, { signal });
    case 'hang':
      return hang();
    case 'crash':
      return crash(action.how);
    default:
      return coordinate(action);
  }
}

async function run(
  { command, mayFail }: Extract<Action, { step: 'run' }>,
  brief: string,
  signal: AbortSignal,
): Promise<void> {
  say({ type: 'tool', name: 'run', reads: [], writes: [], detail: command });
  const ended = await runProgram('sh', ['-c', command], { input: brief, signal, onText });
  if (ended.code !== 0 && !mayFail) throw new Error(`${command}: ${howItEnded(ended)}`);
}

function onText(text: string): void {
  if (text !== '') say({ type: 'text', text: text.endsWith('\n') ? text.slice(0, -1) : text });
}

async function commit(message: string, signal: AbortSignal): Promise<void> {
  const known = await runProgram('git', ['config', 'user.email'], { onText: () => undefined });
  // A machine without an identity of git must do as well.
  const identity =
    known.code === 0 ? [] : ['-c', 'user.name=callsheet', '-c', 'user.email=callsheet@localhost'];
  const ended = await runProgram('git', [...identity, 'commit', '-am', message], { signal, onText });
  if (ended.code !== 0) throw new Error(`git commit: ${howItEnded(ended)}`);
}

function hang(): Promise<never> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  say({ type: 'tool', name: 'hang', reads: [], writes: [], detail: 'from now on' });
  // A promise alone does not keep a process running.
  setInterval(() => undefined, 2 ** 31 - 1);
  return new Promise<never>(() => undefined);
}

function crash(how: NodeJS.Signals | number): Promise<never> {
  if (typeof how === 'number') process.exit(how);
  process.kill(process.pid, how);
  return new Promise<never>(() => undefined);
}
