import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HookInput } from './input.js';
import { SILENT, type HookAnswer } from './place.js';
import { SESSION_ID } from './sessions.js';

const SAID = 'told that the sheet is newer\n';

/**
 * What is answered where a newer callsheet has changed the sheet: each session is told once, and nothing is refused.
 * @param why In words, for the person.
 */
export function answerOfOlder(sheetFolder: string, body: string, why: string): HookAnswer {
  const input = HookInput.fromJson(body);
  const sessionId = input.text('session_id') ?? '';
  if (!SESSION_ID.test(sessionId)) return SILENT;
  const mark = join(sheetFolder, 'sessions', sessionId);
  const isRegistered = existsSync(mark);
  if (isRegistered && readFileSync(mark, 'utf8') === SAID) return SILENT;
  if (isRegistered) writeFileSync(mark, SAID);
  else if (input.text('hook_event_name') !== 'SessionStart') return SILENT;
  const systemMessage = `callsheet does not guard this session: ${why}`;
  return { ...SILENT, stdout: `${JSON.stringify({ systemMessage })}\n` };
}
