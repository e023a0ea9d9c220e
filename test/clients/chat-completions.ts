import { randomUUID } from 'node:crypto';
import type { Piece, Turn } from './script.js';

type Content = string | { text?: string }[] | null;

interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content?: Content;
  tool_calls?: { id: string; function: { name: string } }[];
  tool_call_id?: string;
}

/** The part of an OpenAI Chat Completions request that is read here. */
export interface CompletionRequest {
  model: string;
  messages: Message[];
  tools?: { function: { name: string } }[];
}

const OF_A_PLUGIN = /<system-reminder>[\s\S]*?<\/system-reminder>/g;

export function readCompletion({ messages }: CompletionRequest): Piece[] {
  const toolOf = new Map(
    messages.flatMap((message) => message.tool_calls ?? []).map(({ id, function: { name } }) => [id, name]),
  );
  return messages.flatMap(({ role, content, tool_call_id: call = '' }): Piece[] => {
    const text = plain(content);
    if (role === 'assistant') return [{ from: 'model', text }];
    // The protocol does not say which results are errors.
    if (role === 'tool')
      return [{ from: 'result', text, result: { tool: toolOf.get(call) ?? '', text, isError: false } }];
    return role === 'user' ? userPieces(text) : [{ from: 'system', text }];
  });
}

/** What a plugin says stands beside the person's own words. */
function userPieces(text: string): Piece[] {
  const said = text.replaceAll(OF_A_PLUGIN, '').trim();
  return [
    ...(text.match(OF_A_PLUGIN) ?? []).map((part): Piece => ({ from: 'system', text: part })),
    ...(said === '' ? [] : [{ from: 'user', text: said } as const]),
  ];
}

function plain(content: Content = ''): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? '').join('\n');
}

/** A turn as the pieces of a stream that it is sent in. */
export function completionChunks(model: string, turn: Turn): Record<string, unknown>[] {
  const { input, output } = turn.usage ?? { input: 10, output: 10 };
  const calls = (turn.tools ?? []).map(({ name, input: given }, index) => {
    const own = { name, arguments: JSON.stringify(given) };
    return { index, id: `call_${randomUUID()}`, type: 'function', function: own };
  });
  const id = `chatcmpl-${randomUUID()}`;
  const chunk = (delta: Record<string, unknown>, finish: string | null, more = {}) => ({
    ...{ id, object: 'chat.completion.chunk', created: 1, model },
    ...{ choices: [{ index: 0, delta, finish_reason: finish }], ...more },
  });
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  return [
    chunk(
      {
        ...{ role: 'assistant', content: turn.text ?? '' },
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
      },
      null,
    ),
    chunk({}, calls.length === 0 ? 'stop' : 'tool_calls', { usage }),
  ];
}
