import { createHash } from 'node:crypto';
import { appendEvent } from '../event/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { insertConsent, selectConsent } from './run.sql.js';

/** What commands are known by once somebody has agreed to them: a hash of their text, so that any change asks again. */
function consentHash(commands: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([...commands].sort()))
    .digest('hex');
}

/** Whether a person has agreed to exactly these commands before; nothing to agree to is agreed. */
export async function hasConsent(reader: Reader, commands: string[]): Promise<boolean> {
  if (commands.length === 0) return true;
  return (await reader.get(selectConsent(consentHash(commands)))) !== undefined;
}

export async function giveConsent(tx: Transaction, commands: string[], by: string): Promise<void> {
  if (commands.length === 0) return;
  const hash = consentHash(commands);
  await tx.run(insertConsent(hash, commands.join('\n'), by, tx.now));
  await appendEvent(tx, { type: 'consent.given', data: { hash, commands, by } });
}
