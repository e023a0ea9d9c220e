import { ProtocolError, ProtocolErrorCode, type GetPromptResult } from '@modelcontextprotocol/server';
import type { Session } from './session.js';

/** The part of a session in the team. @throws {ProtocolError} when there is none of that name. */
export async function promptOf(session: Session, name: string): Promise<GetPromptResult> {
  if (name !== 'lead' && name !== 'worker')
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'There is no such prompt; there are: lead, worker',
    );
  return { messages: [{ role: 'user', content: { type: 'text', text: await session.partOf(name) } }] };
}
