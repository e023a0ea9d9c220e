import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../file/index.js';

/** What the id of a client's session may be made of: it becomes the name of a file. */
export const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/**
 * A session that has been registered has a small file in the sheet's folder: the hook's script lets everybody else
 * pass without asking anything.
 */
export function markRegistered(sheetFolder: string, sessionId: string): void {
  const folder = join(sheetFolder, 'sessions');
  makeFolders(folder, 0o700);
  writeFileSync(join(folder, sessionId), '', { mode: 0o600 });
}

/** One of a team has another beside it: only for those the script starts what waits. No session is called so. */
export function markWaits(sheetFolder: string, sessionId: string, waits: boolean): void {
  const mark = join(sheetFolder, 'sessions', `${sessionId}.waits`);
  if (waits) writeFileSync(mark, '', { mode: 0o600 });
  else rmSync(mark, { force: true });
}

export function unmarkRegistered(sheetFolder: string, sessionId: string): void {
  rmSync(join(sheetFolder, 'sessions', sessionId), { force: true });
  markWaits(sheetFolder, sessionId, false);
}
