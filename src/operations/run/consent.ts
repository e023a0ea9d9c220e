import { createInterface } from 'node:readline/promises';
import { CallsheetError } from '../../error/index.js';
import { giveConsent, hasConsent } from '../../run/index.js';
import { plainText } from '../../text/index.js';
import type { Context } from '../operation.js';

/**
 * What a plan or a repository brings along that would run code is asked for before it runs for the first time, and
 * remembered by the hash of its text. On a terminal the start itself is asked for, too.
 * @throws {CallsheetError} `CONSENT_NEEDED` without a terminal, `NOT_CONFIRMED` when the person says no.
 */
export async function agree(context: Context, asks: string[], yes: boolean): Promise<void> {
  const { store } = context.sheet;
  const known = await hasConsent(store, asks);
  if (!yes) {
    if (canAsk(context)) await confirm(context, known ? [] : asks);
    else if (!known) throw consentNeeded(asks);
  }
  if (!known) await store.transaction((tx) => giveConsent(tx, asks, context.actor.name));
}

/**
 * The same for one thing in the middle of a command that was given on purpose: nothing is asked when it is known.
 * Only a person can agree; an agent that says yes agrees for nobody.
 */
export async function agreeOnce(context: Context, asks: string[], yes: boolean): Promise<void> {
  const { store } = context.sheet;
  if (await hasConsent(store, asks)) return;
  const isPerson = context.actor.role === 'human';
  if (!isPerson || (!yes && !canAsk(context))) throw consentNeeded(asks);
  if (!yes) await confirm(context, asks, 'Run it? [y/N] ');
  await store.transaction((tx) => giveConsent(tx, asks, context.actor.name));
}

// The question goes to stderr, so the answer of the command may be piped on.
function canAsk({ output }: Context): boolean {
  return output !== 'json' && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

async function confirm(context: Context, asks: string[], question = 'Start? [y/N] '): Promise<void> {
  if (asks.length > 0) {
    context.say('The plan or the repository brings along, and nobody has agreed to it here yet:');
    for (const ask of asks) context.say(`  ${shown(ask)}`);
  }
  const answer = await answerTo(question, context.signal);
  // Nobody has ended the line of the question.
  if (answer === undefined) context.say('');
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new CallsheetError('NOT_CONFIRMED', 'Nothing was started.', {
    hint: 'Change the plan, or run it again and answer y.',
  });
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

function consentNeeded(asks: string[]): CallsheetError {
  const list = asks.map((ask) => `  ${shown(ask)}`).join('\n');
  return new CallsheetError(
    'CONSENT_NEEDED',
    `The plan or the repository brings this along, nobody has agreed to it here yet, and there is no terminal to ask on:\n${list}\nNothing was started.`,
    {
      hint: 'Read it, then give --yes.',
      data: asks,
    },
  );
}

// Whole: what is cut off would be agreed to unseen.
function shown(ask: string): string {
  return plainText(ask).replaceAll('\n', '\n    ');
}
