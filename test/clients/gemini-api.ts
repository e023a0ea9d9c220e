import type { Piece, Turn } from './script.js';

interface Part {
  text?: string;
  functionCall?: { name: string; args: Record<string, unknown> };
  functionResponse?: { name: string; response: { output?: string; error?: string } };
}

/** The part of a request to Gemini's `generateContent` that is read here. */
export interface GenerateRequest {
  contents: { role: 'user' | 'model'; parts: Part[] }[];
  tools?: { functionDeclarations?: { name: string }[] }[];
}

const OF_A_HOOK = /^<hook_context>[\s\S]*?<\/hook_context>\s*/;

export function readContents(request: GenerateRequest): Piece[] {
  return request.contents.flatMap(({ role, parts }) =>
    parts.flatMap((part): Piece[] => {
      if (role === 'model') return [{ from: 'model', text: part.text ?? '' }];
      if (part.functionResponse !== undefined) return [resultPiece(part.functionResponse)];
      return textPieces(part.text ?? '');
    }),
  );
}

/** What a hook says at the start stands before the person's own words. */
function textPieces(text: string): Piece[] {
  const hook = OF_A_HOOK.exec(text)?.[0] ?? '';
  const rest = text.slice(hook.length);
  const from = rest.startsWith('<session_context>') ? 'system' : 'user';
  return [
    ...(hook === '' ? [] : [{ from: 'system' as const, text: hook }]),
    ...(rest === '' ? [] : [{ from, text: rest } as const]),
  ];
}

function resultPiece({ name, response }: NonNullable<Part['functionResponse']>): Piece {
  const text = response.error ?? response.output ?? '';
  return { from: 'result', text, result: { tool: name, text, isError: response.error !== undefined } };
}

/** A turn as the one piece of a stream that it is sent in. */
export function generated(model: string, turn: Turn): Record<string, unknown> {
  const { input, output } = turn.usage ?? { input: 10, output: 10 };
  const parts: Part[] = [
    ...(turn.text === undefined ? [] : [{ text: turn.text }]),
    ...(turn.tools ?? []).map((tool) => {
      if (typeof tool.input === 'string') throw new Error(`${tool.name} takes an object`);
      return { functionCall: { name: tool.name, args: tool.input } };
    }),
  ];
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      ...{ promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
    },
    modelVersion: model,
  };
}
