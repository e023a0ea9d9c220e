import { findAgent } from '../agent/index.js';
import { leaveNotice } from '../notice/index.js';
import type { Transaction } from '../store/index.js';
import { writersOf } from '../write/index.js';
import type { Place } from './look.js';
import { shownPath } from './refusal.js';
import { isLive } from './who.js';

/** Two sessions that have written one file are told of each other, once for each file. */
export async function meetOthers(tx: Transaction, agentId: string, { checkout, path }: Place): Promise<void> {
  const self = await findAgent(tx, agentId);
  if (self === undefined) return;
  for (const { agentId: id, checkout: theirs } of await writersOf(tx, path, self.parentId ?? agentId)) {
    const other = await findAgent(tx, id);
    if (other === undefined || other.parentId === self.id || !(await isLive(tx, other))) continue;
    const elsewhere = theirs === checkout ? '' : `, in another checkout (${theirs})`;
    const back = theirs === checkout ? '' : `, in another checkout (${checkout})`;
    const topic = (name: string): string => `met:${name}:${path}`;
    await leaveNotice(tx, agentId, {
      topic: topic(other.id),
      text: `callsheet: ${other.name} works on ${shownPath(path)} too${elsewhere}.`,
    });
    await leaveNotice(tx, other.id, {
      topic: topic(self.id),
      text: `callsheet: ${self.name} works on ${shownPath(path)} too${back}.`,
    });
  }
}
