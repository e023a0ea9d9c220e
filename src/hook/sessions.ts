import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../agent/index.js';
import { makeFolders } from '../file/index.js';
import { isOfTeam } from '../team/index.js';
import type { HookInput } from './input.js';

/** What the id of a client's session may be made of: it becomes the name of a file. */
export const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/**
 * A session that has been registered has a small file in the sheet's folder: the hook's script lets everybody else
 * pass without asking anything, and so does the lean process where the script has not looked.
 */
export function markRegistered(sheetFolder: string, sessionId: string): void {
  const folder = join(sheetFolder, 'sessions');
  makeFolders(folder, 0o700);
  writeFileSync(join(folder, sessionId), '', { mode: 0o600 });
}

/** Whether an event is one of a session that has been registered, or begins one. */
export function isOfRegistered(sheetFolder: string, event: HookInput): boolean {
  if (event.text('hook_event_name') === 'SessionStart') return true;
  const sessionId = event.text('session_id') ?? '';
  return SESSION_ID.test(sessionId) && existsSync(join(sheetFolder, 'sessions', sessionId));
}

/**
 * One of a team has another file beside it: only for those the script starts what waits. No session is called so. A
 * session that only an MCP server knows has no hooks, and no file.
 */
export function markTeam(sheetFolder: string, agent: Agent): void {
  const sessionId = agent.clientSession?.split(':')[1] ?? '';
  if (!SESSION_ID.test(sessionId) || !existsSync(join(sheetFolder, 'sessions', sessionId))) return;
  if (isOfTeam(agent)) writeFileSync(waitsFile(sheetFolder, sessionId), '', { mode: 0o600 });
  else rmSync(waitsFile(sheetFolder, sessionId), { force: true });
}

function waitsFile(sheetFolder: string, sessionId: string): string {
  return join(sheetFolder, 'sessions', `${sessionId}.waits`);
}

export function unmarkRegistered(sheetFolder: string, sessionId: string): void {
  rmSync(join(sheetFolder, 'sessions', sessionId), { force: true });
  rmSync(waitsFile(sheetFolder, sessionId), { force: true });
}
