import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageEvents, readMessages, type MessagesRequest } from './anthropic.js';
import { completionChunks, readCompletion, type CompletionRequest } from './chat-completions.js';
import { generated, readContents, type GenerateRequest } from './gemini-api.js';
import { readInput, responseEvents, type ResponsesRequest } from './responses.js';
import { newPieces, placeInScript, type Asked, type Piece, type Script, type Turn } from './script.js';

export interface ScriptedModel extends AsyncDisposable {
  /** For `ANTHROPIC_BASE_URL` and `GOOGLE_GEMINI_BASE_URL`; with `/v1` behind it, the base of OpenAI's. */
  url: string;
  /** Every request that plays a script, oldest first. */
  log: readonly Asked[];
  /** Adds or replaces scripts. */
  learn(scripts: Record<string, Script>): void;
  /** What it says when a client wants a conversation summed up. A script named in it is played by what goes on from there. */
  summary: string;
  /** The texts with which clients asked for one. */
  summed: string[];
  /** Resolves when the client asks for this turn of a script, which may have been before. */
  asked(script: string, turn: number): Promise<Asked>;
  /** Everything that the model was told while it played a script: results of tools and contexts, in order. */
  told(script: string): string;
}

interface Protocol {
  pieces: readonly Piece[];
  model: string;
  tools: readonly string[];
  /** As a model of this protocol would write it. */
  sumUp(summary: string): string;
  contentType: string;
  /** The whole body of the answer. */
  reply(turn: Turn): string;
}

const STREAM = 'text/event-stream';
const GEMINI = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;
const COMPACTION = /create a detailed summary|CONTEXT CHECKPOINT COMPACTION/;

/**
 * A model on the loopback that plays scripts for Claude Code (`/v1/messages`), Codex (`/v1/responses`), Gemini CLI
 * (`/v1beta/models/MODEL:streamGenerateContent`) and opencode (`/v1/chat/completions`).
 * What fails in a script is told to the client as an error and thrown when the model is disposed of.
 */
export async function scriptedModel(scripts: Record<string, Script> = {}): Promise<ScriptedModel> {
  const known = new Map(Object.entries(scripts));
  const log: Asked[] = [];
  const waiting = new Set<() => void>();
  const mistakes: unknown[] = [];

  async function turnFor(asked: Asked): Promise<Turn> {
    const script = known.get(asked.script);
    if (script === undefined)
      throw new Error(`A prompt names the script ${asked.script}, which there is not`);
    log.push(asked);
    for (const look of waiting) look();
    const answer = script[asked.turn] ?? { text: 'Done.' };
    const turn = typeof answer === 'function' ? await answer(asked) : answer;
    await turn.after;
    return turn;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const protocol = await readRequest(request);
    if (protocol === undefined) return void response.writeHead(404).end();
    const asked = describe(protocol);
    if (asked === undefined) model.summed.push(protocol.pieces.map(({ text }) => text).join('\n'));
    const turn = asked === undefined ? { text: protocol.sumUp(model.summary) } : await turnFor(asked);
    response.writeHead(200, { 'content-type': protocol.contentType });
    response.end(protocol.reply(turn));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      mistakes.push(error);
      const message = error instanceof Error ? error.message : String(error);
      // 400 is the status that no client asks again after.
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const model: ScriptedModel = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    summary: 'Nothing of note was said.',
    summed: [],
    learn: (more) => {
      for (const [name, script] of Object.entries(more)) known.set(name, script);
    },
    asked: (script, turn) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = log.find((asked) => asked.script === script && asked.turn === turn);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    told: (script) =>
      log
        .filter((asked) => asked.script === script)
        .flatMap((asked) => [...asked.results.map((result) => result.text), ...asked.contexts])
        .join('\n'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (mistakes.length > 0) throw mistakes[0];
    },
  };
  return model;
}

/** What a request asks of a script; nothing when it is one of a client's own, for a summary or a title. */
function describe({ pieces, model, tools }: Protocol): Asked | undefined {
  const fresh = newPieces(pieces);
  const { script, turn } = placeInScript(pieces);
  const texts = (from: Piece['from']) =>
    fresh.filter((piece) => piece.from === from).map((piece) => piece.text);
  const prompts = texts('user');
  if (script === undefined || tools.length === 0 || COMPACTION.test(prompts.at(-1) ?? '')) return undefined;
  const results = fresh.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const conversation = pieces.map((piece) => piece.text).join('\n');
  return { script, turn, model, results, contexts: texts('system'), prompts, conversation, tools };
}

async function readRequest(request: IncomingMessage): Promise<Protocol | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method !== 'POST') return undefined;
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (pathname === '/v1/messages') return ofMessages(body as MessagesRequest);
  if (pathname === '/v1/responses') return ofResponses(body as ResponsesRequest);
  if (pathname === '/v1/chat/completions') return ofCompletion(body as CompletionRequest);
  const [, model, method] = GEMINI.exec(pathname) ?? [];
  if (model !== undefined) return ofGemini(body as GenerateRequest, model, method ?? '');
  return undefined;
}

function ofMessages(request: MessagesRequest): Protocol {
  return {
    pieces: readMessages(request),
    model: request.model,
    tools: (request.tools ?? []).map((tool) => tool.name),
    sumUp: (summary) => `<summary>${summary}</summary>`,
    contentType: STREAM,
    reply: (turn) => asStream(messageEvents(request.model, turn)),
  };
}

function ofResponses(request: ResponsesRequest): Protocol {
  return {
    pieces: readInput(request),
    model: request.model,
    tools: (request.tools ?? []).map((tool) => tool.name ?? tool.type),
    sumUp: (summary) => summary,
    contentType: STREAM,
    reply: (turn) => asStream(responseEvents(request.model, turn)),
  };
}

function ofGemini(request: GenerateRequest, model: string, method: string): Protocol {
  const isStream = method === 'streamGenerateContent';
  return {
    pieces: readContents(request),
    model,
    tools: (request.tools ?? []).flatMap((each) => each.functionDeclarations ?? []).map(({ name }) => name),
    sumUp: (summary) => summary,
    contentType: isStream ? STREAM : 'application/json',
    reply: (turn) => {
      const text = JSON.stringify(generated(model, turn));
      return isStream ? `data: ${text}\n\n` : text;
    },
  };
}

function ofCompletion(request: CompletionRequest): Protocol {
  return {
    pieces: readCompletion(request),
    model: request.model,
    tools: (request.tools ?? []).map((tool) => tool.function.name),
    sumUp: (summary) => summary,
    contentType: STREAM,
    reply: (turn) =>
      [...completionChunks(request.model, turn).map((chunk) => JSON.stringify(chunk)), '[DONE]']
        .map((data) => `data: ${data}\n\n`)
        .join(''),
  };
}

function asStream(events: readonly [string, Record<string, unknown>][]): string {
  return events
    .map(([type, data]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
    .join('');
}
