import type { CallToolResult } from '@modelcontextprotocol/server';
import { CallsheetError, explainedDisk, messageOf } from '../error/index.js';
import { plainJson, plainText } from '../text/index.js';
import { HINTS } from './hints.js';
import type { Answered } from './tool.js';

// What a client shows its model differs: some take the text, some the document. So both say all.

/** The answer to a call, with what waits for the session. */
export function resultOf({ output, shown }: Answered, mail: string | undefined): CallToolResult {
  return {
    content: textsOf(shown, mail),
    structuredContent: safe({ ...output, ...mailKey(mail) }),
  };
}

/** A refusal that a model can act on. With `isAnswer` it is what was asked for, such as that there is nothing to do. */
export function refusalOf(error: unknown, mail: string | undefined, isAnswer = false): CallToolResult {
  const { code, message, hint } = factsOf(error);
  const shown = [`${code}: ${message}`, ...(hint === undefined ? [] : [`What to do: ${hint}`])].join('\n');
  return {
    content: textsOf(shown, mail),
    structuredContent: safe({ error: { code, message, hint: hint ?? null }, ...mailKey(mail) }),
    ...(isAnswer ? {} : { isError: true }),
  };
}

function textsOf(shown: string, mail: string | undefined): CallToolResult['content'] {
  const texts = [shown, ...(mail === undefined ? [] : [mail])];
  return texts.map((text) => ({ type: 'text', text: plainText(text) }));
}

function mailKey(mail: string | undefined): { messages?: string } {
  return mail === undefined ? {} : { messages: mail };
}

/** What nobody can see in it is written out. */
function safe(document: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(plainJson(document), (_, value: unknown) =>
    typeof value === 'string' ? plainText(value) : value,
  ) as Record<string, unknown>;
}

function factsOf(thrown: unknown): { code: string; message: string; hint?: string | undefined } {
  const error = explainedDisk(thrown);
  if (error instanceof CallsheetError)
    return { code: error.code, message: error.message, hint: HINTS[error.code] ?? error.hint };
  const message = messageOf(error).split('\n')[0] ?? '';
  return { code: 'INTERNAL', message: `${message} (this is a mistake in callsheet)` };
}
