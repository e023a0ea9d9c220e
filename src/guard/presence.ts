import { findAgent, hasOthers, type Agent } from '../agent/index.js';
import { leaveNotice } from '../notice/index.js';
import { mentionersOf, recordMention } from '../read/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { writersOf } from '../write/index.js';
import { stampOf } from './content.js';
import type { Guard, Step } from './guard.js';
import type { Place } from './look.js';
import { isQuiet } from './policy.js';
import { shownPath } from './refusal.js';
import { targetOf } from './target.js';
import { isLive } from './who.js';

/** What a session has to do with a file, as others are told. */
type Part = 'works on' | 'was asked about';

interface Other {
  agent: Agent;
  checkout: string;
  part: Part;
}

/**
 * Two sessions that have written one file, or whose prompts have named it, are told of each other, once for each file;
 * not where nothing is to be said about it.
 */
export async function meetOthers(
  guard: Guard,
  tx: Transaction,
  agentId: string,
  place: Place,
  part: Part = 'works on',
): Promise<void> {
  if (!(await hasOthers(tx, agentId))) return;
  const self = await findAgent(tx, agentId);
  if (self === undefined) return;
  const others = await othersAt(tx, self, place.path);
  if (others.length === 0 || (await isQuiet(guard, place))) return;
  for (const other of others) {
    const isHere = other.checkout === place.checkout;
    await tell(tx, self.id, other, place.path, isHere ? '' : other.checkout);
    await tell(tx, other.agent.id, { agent: self, part }, place.path, isHere ? '' : place.checkout);
  }
}

/** Live ones, each once: whoever writes a file was perhaps asked about it too. */
async function othersAt(reader: Reader, self: Agent, path: string): Promise<Other[]> {
  const except = self.parentId ?? self.id;
  const found: Other[] = [];
  const add = async (part: Part, each: { agentId: string; checkout: string }): Promise<void> => {
    const agent = await findAgent(reader, each.agentId);
    if (agent === undefined || agent.parentId === self.id || !(await isLive(reader, agent))) return;
    if (found.every((other) => other.agent.id !== agent.id))
      found.push({ agent, checkout: each.checkout, part });
  };
  for (const each of await writersOf(reader, path, except)) await add('works on', each);
  for (const each of await mentionersOf(reader, path, except)) await add('was asked about', each);
  return found;
}

async function tell(
  tx: Transaction,
  agentId: string,
  { agent, part }: Pick<Other, 'agent' | 'part'>,
  path: string,
  checkout: string,
): Promise<void> {
  const elsewhere = checkout === '' ? '' : `, in another checkout (${checkout})`;
  await leaveNotice(tx, agentId, {
    topic: `met:${agent.id}:${path}`,
    text: `callsheet: ${agent.name} ${part} ${shownPath(path)} too${elsewhere}.`,
  });
}

/** What a prompt names is perhaps about to be worked on: whoever else has to do with one of these files hears of it. */
export async function noteMentions(
  guard: Guard,
  { agent, cwd }: Step,
  paths: readonly string[],
): Promise<void> {
  const places: Place[] = [];
  for (const path of paths) {
    const target = targetOf(guard.commonDir, cwd, path);
    if (target.where !== 'checkout' || stampOf(target.file) === '') continue;
    if (!(await isQuiet(guard, target))) places.push({ checkout: target.checkout, path: target.path });
  }
  if (places.length === 0) return;
  await guard.store.transaction(async (tx) => {
    for (const place of places) {
      await recordMention(tx, { agentId: agent.id, ...place });
      await meetOthers(guard, tx, agent.id, place, 'was asked about');
    }
  });
}
