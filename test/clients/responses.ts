import { randomUUID } from 'node:crypto';
import type { Piece, ToolCall, Turn } from './script.js';

interface Item {
  type?: string;
  role?: string;
  content?: string | { text?: string }[];
  name?: string;
  call_id?: string;
  output?: string | { text?: string }[];
}

/** The part of an OpenAI Responses request that is read here. */
export interface ResponsesRequest {
  model: string;
  input: Item[];
  tools?: { name?: string; type: string }[];
}

export function readInput(request: ResponsesRequest): Piece[] {
  const toolOf = new Map<string, string>();
  return request.input.map((item): Piece => {
    const type = item.type ?? 'message';
    if (type === 'message') return messagePiece(item);
    if (!type.endsWith('_output')) {
      toolOf.set(item.call_id ?? '', item.name ?? '');
      return { from: 'model', text: '' };
    }
    const text = plain(item.output);
    const tool = toolOf.get(item.call_id ?? '') ?? '';
    return { from: 'result', text, result: { tool, text, isError: false } };
  });
}

function messagePiece(item: Item): Piece {
  const text = plain(item.content);
  if (item.role === 'assistant') return { from: 'model', text };
  return { from: item.role === 'user' && !text.startsWith('<') ? 'user' : 'system', text };
}

function plain(content: Item['content'] = ''): string {
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}

/** A turn as the events of a stream; each is a name and its data. */
export function responseEvents(model: string, turn: Turn): [string, Record<string, unknown>][] {
  const { input, output } = turn.usage ?? { input: 10, output: 10 };
  const id = `resp_${randomUUID()}`;
  const items = [
    ...(turn.text === undefined ? [] : [textItem(turn.text)]),
    ...(turn.tools ?? []).map(callItem),
  ];
  const usage = {
    ...{ input_tokens: input, output_tokens: output, total_tokens: input + output },
    ...{ input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
  };
  return [
    ['response.created', { response: { id, object: 'response', model, status: 'in_progress', output: [] } }],
    ...items.flatMap((item, output_index): [string, Record<string, unknown>][] => [
      ['response.output_item.added', { output_index, item }],
      ['response.output_item.done', { output_index, item }],
    ]),
    [
      'response.completed',
      { response: { id, object: 'response', model, status: 'completed', output: items, usage } },
    ],
  ];
}

function textItem(text: string): Record<string, unknown> {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: `msg_${randomUUID()}`, role: 'assistant', status: 'completed', content };
}

/** A tool of an MCP server is called as `server/tool`. */
function callItem({ name, input }: ToolCall): Record<string, unknown> {
  const call = { id: `fc_${randomUUID()}`, call_id: `call_${randomUUID()}`, status: 'completed' };
  if (typeof input === 'string') return { type: 'custom_tool_call', ...call, name, input };
  const [namespace, tool] = name.includes('/') ? name.split('/') : [undefined, name];
  const place = namespace === undefined ? {} : { namespace: `mcp__${namespace}` };
  return { type: 'function_call', ...call, ...place, name: tool, arguments: JSON.stringify(input) };
}
