import { Server } from '@modelcontextprotocol/server';
import { PROMPTS, promptOf } from './prompts.js';
import { RESOURCES, resourceOf } from './resources.js';
import type { LateSession } from './late-session.js';
import { toolsOf } from './tools.js';
import type { TellingTransport } from './transport.js';

/** What a client is told when it connects. */
export interface Introduction {
  version: string;
  instructions: string;
}

// Every session pays for it, also one that works alone.
const INSTRUCTIONS = {
  lead: 'Callsheet coordinates agents in one repository. You lead: the prompt "lead" says how.',
  worker:
    'Callsheet coordinates agents in one repository: tasks, locks, notes, messages. The prompt "worker" says how to take tasks.',
};

/** A server without anything to offer, which says why. */
export function emptyServer({ version, instructions }: Introduction): Server {
  return new Server({ name: 'callsheet', version }, { capabilities: {}, instructions });
}

/** A server for one client: tools, prompts and resources over the operations. */
export function serverFor(session: LateSession, transport: TellingTransport, version: string): Server {
  const server = new Server(
    { name: 'callsheet', version },
    { capabilities: { tools: {}, prompts: {}, resources: {} }, instructions: INSTRUCTIONS[session.role] },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: toolsOf(session.role).map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema,
    })),
  }));
  server.setRequestHandler('tools/call', async (request, { mcpReq }) => {
    const { name, arguments: given } = request.params;
    const opened = session.open();
    opened.named(server.getClientVersion()?.name);
    const { result, sent } = await opened.use(name, given);
    if (sent !== undefined) transport.afterAnswer(mcpReq.id, sent);
    return result;
  });
  server.setRequestHandler('prompts/list', () => ({ prompts: PROMPTS }));
  server.setRequestHandler('prompts/get', ({ params }) => promptOf(session.open(), params.name));
  server.setRequestHandler('resources/list', () => ({ resources: RESOURCES }));
  server.setRequestHandler('resources/read', ({ params }) => resourceOf(session.open(), params.uri));
  return server;
}
