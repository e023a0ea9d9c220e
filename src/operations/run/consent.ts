import { createInterface } from 'node:readline/promises';
import { CallsheetError } from '../../error/index.js';
import { giveConsent, hasConsent } from '../../run/index.js';
import { plainText } from '../../text/index.js';
import type { Context } from '../operation.js';

/**
 * Commands that came with a plan or a repository are asked for before they run for the first time, and
 * remembered by the hash of their text.
 * @throws {CallsheetError} `CONSENT_NEEDED` without a terminal, `NOT_CONFIRMED` when the person says no.
 */
export async function agree(context: Context, commands: string[], yes: boolean): Promise<void> {
  const { store } = context.sheet;
  const known = await hasConsent(store, commands);
  if (!yes) {
    if (context.output === 'terminal' && process.stdin.isTTY) await ask(context, known ? [] : commands);
    else if (!known) throw consentNeeded(commands);
  }
  if (!known) await store.transaction((tx) => giveConsent(tx, commands, context.actor.name));
}

async function ask(context: Context, commands: string[]): Promise<void> {
  for (const command of commands) context.say(`It runs, for the first time here: ${plainText(command)}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('Start? [y/N] ', { signal: context.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new CallsheetError('NOT_CONFIRMED', 'Nothing was started.', { hint: 'Change the plan, or run it again and answer y.' });
}

function consentNeeded(commands: string[]): CallsheetError {
  const list = commands.map((command) => `  ${plainText(command)}`).join('\n');
  return new CallsheetError('CONSENT_NEEDED', `These commands of the plan or the repository have not been agreed to, and there is no terminal to ask on:\n${list}\nNothing was started.`, {
    hint: 'Read them, then give --yes.',
    data: commands,
  });
}
