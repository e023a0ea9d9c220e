import { CallsheetError } from '../../error/index.js';
import { giveConsent, withoutConsent } from '../../run/index.js';
import { plainText } from '../../text/index.js';
import type { Context } from '../operation.js';
import { canAsk, isAgreed } from '../question.js';

/** What a person answers on the command line, where nobody can be asked. */
export const YES = {
  kind: 'flag',
  help: 'Agree to what the repository would run for the first time',
} as const;

/**
 * What a plan or a repository brings along that would run code is asked for before it runs for the first time, and
 * remembered by the hash of its text. On a terminal the start itself is asked for, too.
 * @throws {CallsheetError} `CONSENT_NEEDED` without a terminal, `NOT_CONFIRMED` when the person says no.
 */
export async function agree(context: Context, asks: string[], yes: boolean): Promise<void> {
  const unknown = await withoutConsent(context.sheet.store, asks);
  const mayAgree = unknown.length === 0 || isPerson(context);
  if (!mayAgree || (!yes && !canAsk(context) && unknown.length > 0)) throw consentNeeded(context, unknown);
  if (!yes && canAsk(context)) await confirm(context, unknown);
  await remember(context, unknown);
}

/**
 * The same for things in the middle of a command that was given on purpose: nothing is asked when they are known.
 * @throws {CallsheetError} as {@link agree}.
 */
export async function agreeOnce(context: Context, asks: readonly string[], yes: boolean): Promise<void> {
  const unknown = await withoutConsent(context.sheet.store, asks);
  if (unknown.length === 0) return;
  if (!isPerson(context) || (!yes && !canAsk(context))) throw consentNeeded(context, unknown);
  if (!yes) await confirm(context, unknown, 'Run it? [y/N] ');
  await remember(context, unknown);
}

/** Only a person can agree; an agent that says yes agrees for nobody. */
function isPerson({ actor }: Context): boolean {
  return actor.role === 'human';
}

async function remember({ sheet, actor }: Context, asks: readonly string[]): Promise<void> {
  if (asks.length > 0) await sheet.store.transaction((tx) => giveConsent(tx, asks, actor.name));
}

async function confirm(context: Context, asks: readonly string[], question = 'Start? [y/N] '): Promise<void> {
  if (asks.length > 0) {
    context.say('The plan or the repository brings along, and nobody has agreed to it here yet:');
    for (const ask of asks) context.say(`  ${shown(ask)}`);
  }
  if (await isAgreed(context, question)) return;
  throw new CallsheetError('NOT_CONFIRMED', 'Nothing was started.', {
    hint: 'Change the plan, or run it again and answer y.',
  });
}

function consentNeeded(context: Context, asks: readonly string[]): CallsheetError {
  const list = asks.map((ask) => `  ${shown(ask)}`).join('\n');
  return new CallsheetError(
    'CONSENT_NEEDED',
    `The plan or the repository brings this along, nobody has agreed to it here yet, and there is no terminal to ask on:\n${list}\nNothing was started.`,
    {
      hint: isPerson(context)
        ? 'Read it, then give --yes.'
        : 'A person has to read it and give the command with --yes.',
      data: asks,
    },
  );
}

// Whole: what is cut off would be agreed to unseen.
function shown(ask: string): string {
  return plainText(ask).replaceAll('\n', '\n    ');
}
