import { access } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../../error/index.js';
import type { Action } from './action.js';
import { askCallsheet } from './callsheet.js';

type Wait = Extract<Action, { step: 'wait' }>['for'];

// A script waits for things that tell nobody (a file that another agent writes), so it looks. Real agents never do.
const LOOK_EVERY_MS = 25;
const ASK_EVERY_MS = 250;

/** Waits for a time, a file, or a task to reach a state. Rejects when the signal aborts. */
export async function waitFor(wait: Wait, signal: AbortSignal): Promise<void> {
  if ('ms' in wait) return pause(wait.ms, undefined, { signal });
  if ('file' in wait) {
    const file = withVariables(wait.file);
    while (!(await exists(file))) await pause(LOOK_EVERY_MS, undefined, { signal });
    return;
  }
  while ((await stateOf(wait.task)) !== wait.state) await pause(ASK_EVERY_MS, undefined, { signal });
}

function withVariables(path: string): string {
  return path.replace(
    /\$(\w+)|\$\{(\w+)\}/g,
    (_, plain?: string, braced?: string) => process.env[plain ?? braced ?? ''] ?? '',
  );
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function stateOf(task: string): Promise<unknown> {
  const shown: unknown = JSON.parse(await askCallsheet(['task', 'show', '--json', '--', task]));
  return typeof shown === 'object' && shown !== null && 'state' in shown ? shown.state : undefined;
}
