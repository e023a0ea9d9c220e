import { createHash } from 'node:crypto';
import { appendEvent } from '../event/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { insertConsent, selectConsent } from './run.sql.js';

/** What a command is known by once somebody has agreed to it: a hash of its text, so that any change asks again. */
function consentHash(command: string): string {
  return createHash('sha256').update(command).digest('hex');
}

/** Those of some commands that no person has agreed to here. */
export async function withoutConsent(reader: Reader, commands: readonly string[]): Promise<string[]> {
  const unknown: string[] = [];
  for (const command of commands) {
    if ((await reader.get(selectConsent(consentHash(command)))) === undefined) unknown.push(command);
  }
  return unknown;
}

export async function giveConsent(tx: Transaction, commands: readonly string[], by: string): Promise<void> {
  if (commands.length === 0) return;
  const hashes = commands.map(consentHash);
  for (const [at, command] of commands.entries())
    await tx.run(insertConsent(hashes[at] ?? '', command, by, tx.now));
  await appendEvent(tx, { type: 'consent.given', data: { hashes, commands, by } });
}
