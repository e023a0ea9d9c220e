import type { Part } from '../agent/index.js';
import { variableOf, type ProcessIdentity } from '../process/index.js';
import { defined } from '../store/index.js';

const SPECIALITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * What a client was started for by `callsheet lead` or `callsheet work`. It is asked of the process itself: what a
 * session sets for its own commands does not count.
 */
export function partOfClient(client: ProcessIdentity | undefined): Part | undefined {
  if (client === undefined) return undefined;
  const role = variableOf(client.pid, 'CALLSHEET_ROLE');
  if (role === 'lead') return { role: 'supervisor' };
  if (role !== 'worker') return undefined;
  const named = variableOf(client.pid, 'CALLSHEET_SPECIALITY') ?? '';
  const speciality = SPECIALITY.test(named) ? named : undefined;
  return { role: 'worker', follows: true, ...defined({ speciality }) };
}
