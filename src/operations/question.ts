import { createInterface } from 'node:readline/promises';
import type { Context } from './operation.js';

// The question goes to stderr, so the answer of the command may be piped on.
export function canAsk({ output }: Context): boolean {
  return output !== 'json' && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks a person at the terminal. Only y and yes agree; not the end of the input, nor an interruption. */
export async function isAgreed(context: Context, question: string): Promise<boolean> {
  const answer = await answerTo(question, context.signal);
  // Nobody has ended the line of the question.
  if (answer === undefined) context.say('');
  return answer !== undefined && /^y(es)?$/i.test(answer.trim());
}

/** Undefined when the input ends (Ctrl-D) or the person interrupts. */
async function answerTo(question: string, signal: AbortSignal): Promise<string | undefined> {
  // Not as a terminal: that takes the keys raw, and Ctrl-C would end the dialogue instead of being a signal.
  const dialogue = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<undefined>((resolve) => {
    dialogue.once('close', () => resolve(undefined));
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    return await Promise.race([dialogue.question(question), ended]);
  } finally {
    dialogue.close();
  }
}
