import { ProtocolError, ProtocolErrorCode, type ReadResourceResult } from '@modelcontextprotocol/server';
import { plainText } from '../text/index.js';
import { mimeType, NOTES, PLAN } from './lists.js';
import type { Session } from './session.js';

/** What is at an address. @throws {ProtocolError} when nothing is. */
export async function resourceOf(session: Session, uri: string): Promise<ReadResourceResult> {
  if (uri === PLAN) return contents(uri, await planOf(session));
  if (uri === NOTES) return contents(uri, (await session.read('note.list', {})).shown);
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no such resource; there are: ${PLAN}, ${NOTES}`,
  );
}

async function planOf(session: Session): Promise<string> {
  const goal = await session.read('goal', {});
  return `${goal.shown}\n\n${(await session.read('task.list', {})).shown}`;
}

function contents(uri: string, text: string): ReadResourceResult {
  return { contents: [{ uri, mimeType, text: plainText(text) }] };
}
