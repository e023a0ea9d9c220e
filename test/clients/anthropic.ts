import { randomUUID } from 'node:crypto';
import type { Piece, Turn } from './script.js';

interface Block {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  tool_use_id?: string;
  content?: string | Block[];
  is_error?: boolean;
}

/** The part of an Anthropic Messages request that is read here. */
export interface MessagesRequest {
  model: string;
  messages: { role: 'user' | 'assistant' | 'system'; content: string | Block[] }[];
  tools?: { name: string }[];
}

export function readMessages(request: MessagesRequest): Piece[] {
  const toolOf = new Map<string, string>();
  return request.messages.flatMap(({ role, content }) => {
    const blocks: Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return blocks.map((block): Piece => {
      if (role === 'assistant') {
        if (block.type === 'tool_use') toolOf.set(block.id ?? '', block.name ?? '');
        return { from: 'model', text: block.text ?? '' };
      }
      if (block.type === 'tool_result') return resultPiece(block, toolOf.get(block.tool_use_id ?? '') ?? '');
      const text = block.text ?? '';
      return { from: role === 'system' || text.startsWith('<system-reminder>') ? 'system' : 'user', text };
    });
  });
}

function resultPiece(block: Block, tool: string): Piece {
  const { content = '' } = block;
  const text = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
  return { from: 'result', text, result: { tool, text, isError: block.is_error === true } };
}

/** A turn as the events of a stream; each is a name and its data. */
export function messageEvents(model: string, turn: Turn): [string, Record<string, unknown>][] {
  const usage = turn.usage ?? { input: 10, output: 10 };
  const tools = turn.tools ?? [];
  const blocks = [
    ...(turn.text === undefined ? [] : textBlock(turn.text)),
    ...tools.flatMap(({ name, input }) => toolBlock(name, input)),
  ];
  const message = {
    ...{ id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', model, content: [] },
    ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: usage.input, output_tokens: 1 } },
  };
  return [
    ['message_start', { message }],
    ...blocks.map(([name, data], at): [string, Record<string, unknown>] => [
      name,
      { index: Math.floor(at / 3), ...data },
    ]),
    [
      'message_delta',
      {
        delta: { stop_reason: tools.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: usage.output },
      },
    ],
    ['message_stop', {}],
  ];
}

type BlockEvents = [string, Record<string, unknown>][];

function textBlock(text: string): BlockEvents {
  return [
    ['content_block_start', { content_block: { type: 'text', text: '' } }],
    ['content_block_delta', { delta: { type: 'text_delta', text } }],
    ['content_block_stop', {}],
  ];
}

function toolBlock(name: string, input: unknown): BlockEvents {
  const id = `toolu_${randomUUID().replaceAll('-', '')}`;
  return [
    ['content_block_start', { content_block: { type: 'tool_use', id, name, input: {} } }],
    ['content_block_delta', { delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) } }],
    ['content_block_stop', {}],
  ];
}
