import { findSession } from '../guard/index.js';
import { isOfTeam, waitForCall } from '../team/index.js';
import type { Client } from './client.js';
import { HookInput } from './input.js';
import { SILENT, type HookAnswer, type HookPlace } from './place.js';
import { SESSION_ID } from './sessions.js';

/**
 * What a session is woken with when there is something for it: exit 2, with the words on standard error. Runs beside the
 * session, for as long as nothing comes.
 * @param body What the client wrote to the hook at the end of a turn.
 */
export async function answerWait(
  { guard }: HookPlace,
  client: Client,
  body: string,
  signal: AbortSignal,
): Promise<HookAnswer> {
  const sessionId = HookInput.fromJson(body).text('session_id') ?? '';
  const agent = SESSION_ID.test(sessionId) ? await findSession(guard, { client, sessionId }) : undefined;
  if (agent === undefined || !isOfTeam(agent)) return SILENT;
  const call = await waitForCall(guard.store, agent.id, signal);
  return call === undefined ? SILENT : { stdout: '', stderr: `${call.text}\n`, exit: 2, sent: call.said };
}
