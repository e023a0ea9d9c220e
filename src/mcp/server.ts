import { Server } from '@modelcontextprotocol/server';
import { promptOf } from './prompts.js';
import { resourceOf } from './resources.js';
import type { Introduction } from './introduction.js';
import type { LateSession } from './late-session.js';
import { listsFor } from './lists.js';
import type { TellingTransport } from './transport.js';

/** A server that answers nothing yet but what it is. */
export function emptyServer({ serverInfo, capabilities, instructions }: Introduction): Server {
  return new Server(serverInfo, { capabilities, instructions });
}

/** A server for one client: tools, prompts and resources over the operations. */
export function serverFor(
  session: LateSession,
  transport: TellingTransport,
  introduction: Introduction,
): Server {
  const server = emptyServer(introduction);
  server.setRequestHandler('tools/list', () => listsFor(session.role)['tools/list']);
  server.setRequestHandler('tools/call', async (request, { mcpReq }) => {
    const { name, arguments: given } = request.params;
    const opened = session.open();
    opened.named(server.getClientVersion()?.name);
    const { result, sent } = await opened.use(name, given);
    if (sent !== undefined) transport.afterAnswer(mcpReq.id, sent);
    return result;
  });
  server.setRequestHandler('prompts/list', () => listsFor(session.role)['prompts/list']);
  server.setRequestHandler('prompts/get', ({ params }) => promptOf(session.open(), params.name));
  server.setRequestHandler('resources/list', () => listsFor(session.role)['resources/list']);
  server.setRequestHandler('resources/read', ({ params }) => resourceOf(session.open(), params.uri));
  return server;
}
