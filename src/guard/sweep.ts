import { keepBlob } from '../blob/index.js';
import type { Agent } from '../agent/index.js';
import { byOther, haveSeen, pictureOf } from './look.js';
import { leaveNotice } from '../notice/index.js';
import type { Transaction } from '../store/index.js';
import {
  findKnownFile,
  knownFiles,
  noteFile,
  openCallsOn,
  recordWrite,
  type KnownFile,
  type OpenCall,
} from '../write/index.js';
import { contentOf, stampOf, type Content } from './content.js';
import type { Guard } from './guard.js';
import { shownPath } from './refusal.js';
import { whoWrote } from './who.js';

/**
 * Looks which of the files that somebody has seen have changed by themselves, and records who did it: the agent whose
 * command has run meanwhile, or nobody who is registered. Reads only files whose stamp has changed.
 */
export async function sweep(guard: Guard, checkout: string, agent: Agent | undefined): Promise<void> {
  const changed = (await knownFiles(guard.store, checkout)).filter(
    (file) => stampOf(`${checkout}/${file.path}`) !== file.stamp,
  );
  for (const file of changed) {
    const content = contentOf(`${checkout}/${file.path}`);
    await guard.store.transaction((tx) => account(guard, tx, file, content, agent));
  }
}

async function account(
  guard: Guard,
  tx: Transaction,
  { checkout, path }: KnownFile,
  content: Content,
  agent: Agent | undefined,
): Promise<void> {
  const known = await findKnownFile(tx, checkout, path);
  if (known === undefined || known.stamp === content.stamp) return;
  if ((await openCallsOn(tx, checkout, path)).some((call) => accountsFor(call, content, agent))) return;
  if (known.hash !== content.hash) {
    if (content.bytes !== undefined && content.hash !== '')
      keepBlob(guard.sheetFolder, content.hash, content.bytes);
    await record(guard, tx, { checkout, path, before: known.hash, content }, agent);
  }
  await noteFile(tx, { checkout, path, hash: content.hash, stamp: content.stamp });
}

/** A tool is about to write it, or has: that call accounts for what it finds, unless a command has come in between. */
function accountsFor(call: OpenCall, content: Content, agent: Agent | undefined): boolean {
  if (agent === undefined || call.agentId === agent.id || call.expected === undefined) return true;
  return content.hash === call.before || content.hash === call.expected;
}

async function record(
  guard: Guard,
  tx: Transaction,
  { checkout, path, before, content }: { checkout: string; path: string; before: string; content: Content },
  agent: Agent | undefined,
): Promise<void> {
  const change = { checkout, path, before, after: content.hash };
  if (agent === undefined) {
    await recordWrite(tx, { ...change, how: 'outside' });
    return;
  }
  const picture = await pictureOf(guard, tx, agent.id, { checkout, path });
  const lost = picture.seen?.hash === before ? undefined : byOther(picture.since, agent.id);
  const seq = await recordWrite(tx, { ...change, agentId: agent.id, how: 'shell' });
  // It knows what its command did to what it knew; of what it did not know it still knows nothing.
  if (lost === undefined && picture.seen !== undefined)
    await haveSeen(guard, tx, agent.id, { checkout, path }, { content, whole: picture.seen.whole });
  if (lost === undefined) return;
  await leaveNotice(tx, agent.id, {
    topic: `overwrote:${seq}`,
    text: `callsheet: your command wrote ${shownPath(path)} over a change that you had not seen: ${await whoWrote(tx, lost, tx.now)}. The content before your command: callsheet undo --write ${seq}`,
  });
}
