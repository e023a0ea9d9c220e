import { CallsheetError } from '../../error/index.js';
import { foreignOf, programsOf, readSettings } from '../../git/index.js';
import type { Context } from '../operation.js';
import { agreeOnce } from './consent.js';

/**
 * Before git reads or writes files here: the programs that the repository's own configuration makes it run (filters,
 * merge drivers) are agreed to, once.
 * @throws {CallsheetError} `CONSENT_NEEDED`, `NOT_CONFIRMED`, `FOREIGN_CONFIG`.
 */
export async function agreeToGitPrograms(context: Context, yes: boolean): Promise<void> {
  const { settings } = await readSettings(await context.repository());
  const [foreign] = foreignOf(settings);
  if (foreign !== undefined)
    throw new CallsheetError('FOREIGN_CONFIG', `${foreign.message} Nothing was done.`, {
      hint: foreign.hint,
    });
  await agreeOnce(context, programsOf(settings), yes);
}
