import type { Holder } from '../lock/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import { shownPath } from './refusal.js';

/** What an agent is told that meets another's lock. */
export function lockedRefusal(path: string, holder: Holder, now: number): string {
  const { agentName, taskId, since, until, target, lock } = holder;
  const about = taskId === undefined ? '' : ` for task ${taskId}`;
  const why = lock.reason === undefined ? '' : `, saying “${oneLine(plainText(lock.reason), 200)}”`;
  return [
    `callsheet: not written. ${shownPath(path)} is locked by ${agentName}${about} (${shownPath(target)}) since ${formatDuration(Math.max(1_000, now - since))}${why}; the lock ends in ${formatDuration(Math.max(1_000, until - now))} unless it is renewed.`,
    `Do something else meanwhile, or wait in line for it: callsheet lock acquire ${quoted(path)} --wait 5m`,
  ].join('\n');
}

function quoted(path: string): string {
  const shown = shownPath(path);
  return /^[\w./@+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
