import { findAgent, type Agent } from '../agent/index.js';
import { keepBlob, readBlob } from '../blob/index.js';
import type { Transaction } from '../store/index.js';
import {
  findKnownFile,
  knownFiles,
  openCallsOn,
  openShellsIn,
  recordWrite,
  writesOf,
  type OpenCall,
  type Write,
} from '../write/index.js';
import { contentOf, LOOK_AGAIN, stampOf, upToDate, type Content } from './content.js';
import type { Guard } from './guard.js';
import { haveSeen, noteContent, pictureOf, type Place } from './look.js';
import { knowAsSource, sourceOf } from './moved.js';
import { foreseenBy, isAsExpected, isMade, isSame } from './made.js';
import { isLost, tellOverwritten, type Loss } from './overwritten.js';

/**
 * Looks which of the files that somebody has seen have changed by themselves, and records who did it: the agent whose
 * command has run meanwhile, one of several, or nobody who is registered. Reads only files whose stamp has changed.
 */
export async function sweep(guard: Guard, checkout: string): Promise<void> {
  const changed = (await knownFiles(guard.store, checkout)).filter(
    (file) => stampOf(`${checkout}/${file.path}`) !== file.stamp,
  );
  for (const { path } of changed) {
    const file = `${checkout}/${path}`;
    const content = contentOf(file);
    await guard.store.transaction((tx) => accountFor(guard, tx, { checkout, path }, upToDate(file, content)));
  }
}

/**
 * Records how a file has come from what it was when it was last looked at to what it is now. Whoever looks at a file
 * does this first: a later look would find no difference any more.
 */
export async function accountFor(
  guard: Guard,
  tx: Transaction,
  place: Place,
  content: Content,
): Promise<void> {
  const { checkout, path } = place;
  const known = await findKnownFile(tx, checkout, path);
  if (known === undefined || (known.stamp === content.stamp && content.stamp !== LOOK_AGAIN)) return;
  if (known.hash !== content.hash) {
    const suspects = await suspectsOf(tx, place);
    const calls = (await openCallsOn(tx, checkout, path)).filter(isTool);
    for (const call of calls) if (await isAccountedByCall(guard, tx, call, { content, suspects })) return;
    if (content.bytes !== undefined && content.hash !== '')
      keepBlob(guard.sheetFolder, content.hash, content.bytes);
    await record(guard, tx, { place, before: known.hash, content, suspects, calls });
  }
  await noteContent(tx, place, content);
}

/** The commands under way that may have written a file: those that name it as one they write, else all. */
async function suspectsOf(tx: Transaction, { checkout, path }: Place): Promise<OpenCall[]> {
  const named = (await openCallsOn(tx, checkout, path)).filter((call) => !isTool(call));
  return named.length > 0 ? named : openShellsIn(tx, checkout);
}

export function isTool({ kind }: OpenCall): boolean {
  return kind === 'whole' || kind === 'edit';
}

/** A tool is about to write it, or has: that call accounts for what it finds, unless a command has come in between. */
async function isAccountedByCall(
  guard: Guard,
  tx: Transaction,
  call: OpenCall,
  { content, suspects }: Pick<Found, 'content' | 'suspects'>,
): Promise<boolean> {
  if (content.hash === call.before || isAsExpected(guard, call, content)) return true;
  const foreseen = foreseenBy(guard, call, await writesOf(tx, call, call.writeSeq));
  if (foreseen.some((each) => isSame(each, content))) return true;
  return suspects.every(({ agentId }) => agentId === call.agentId) && isMade(guard, call, content);
}

interface Found {
  place: Place;
  before: string;
  content: Content;
  suspects: readonly OpenCall[];
  /** Calls of tools that are under way on the file. */
  calls: readonly OpenCall[];
}

async function record(guard: Guard, tx: Transaction, found: Found): Promise<void> {
  const { place, before, content, suspects } = found;
  const agents = await agentsOf(tx, suspects);
  const [agent, ...others] = agents;
  const isAlone = agent !== undefined && others.length === 0;
  const isSure = isAlone && suspects.some(({ path }) => path !== '');
  const losses: Loss[] = [];
  for (const by of agents) losses.push({ by, lost: await undoneBy(guard, tx, by, found) });
  const own = isSure ? suspects.find(({ path }) => path !== '') : undefined;
  const source = await sourceOf(tx, own, content);
  const whole = isSure && source === undefined ? await knownWhole(guard, tx, agent, found) : undefined;
  const change = { ...place, before, after: content.hash };
  const seq = await recordWrite(tx, { ...change, ...whose(agents, isSure) });
  await tellOverwritten(guard, tx, { losses, isSure, place, seq });
  if (isSure && source !== undefined)
    await knowAsSource(guard, tx, agent.id, place, { content, seen: source.seen });
  if (isSure && whole !== undefined) await haveSeen(guard, tx, agent.id, place, { content, whole });
}

/** Whose a write is: that of the agent whose commands alone were under way; of several, any may have made it. */
function whose(agents: readonly Agent[], isSure: boolean): Pick<Write, 'agentId' | 'suspects' | 'how'> {
  const [agent, ...others] = agents;
  if (agent === undefined) return { how: 'outside' };
  if (others.length > 0) return { how: 'outside', suspects: agents.map(({ id }) => id) };
  return { agentId: agent.id, how: isSure ? 'shell' : 'meanwhile' };
}

/**
 * Whether an agent knows all of what its command has left behind, or a part: what it gave the file itself, and what the
 * command did to what it knew. Undefined where there is something in it that it does not know.
 */
async function knownWhole(
  guard: Guard,
  tx: Transaction,
  agent: Agent,
  { place, before, suspects, calls }: Found,
): Promise<boolean | undefined> {
  if (calls.some((call) => call.agentId !== agent.id)) return undefined;
  const named = suspects.filter(({ path }) => path !== '');
  if (named.some((call) => call.kind === 'shell-text' || call.before === '')) return true;
  const picture = await pictureOf(guard, tx, agent.id, place);
  const isUnknown =
    picture.seen?.hash !== before && picture.since.some((write) => write.agentId !== agent.id);
  return isUnknown ? undefined : picture.seen?.whole;
}

async function agentsOf(tx: Transaction, calls: readonly OpenCall[]): Promise<Agent[]> {
  const agents: Agent[] = [];
  for (const id of new Set(calls.map(({ agentId }) => agentId))) {
    const agent = await findAgent(tx, id);
    if (agent !== undefined) agents.push(agent);
  }
  return agents;
}

/** What others have written since an agent last looked, and what the file does not hold any more. */
async function undoneBy(
  guard: Guard,
  tx: Transaction,
  agent: Agent,
  { place, before, content }: Found,
): Promise<Write[]> {
  const { seen } = await pictureOf(guard, tx, agent.id, place);
  if (seen?.hash === before) return [];
  const since = await writesOf(tx, place, seen?.writeSeq ?? 0);
  const contentBefore = readBlob(guard.sheetFolder, before);
  return since.filter((write) => write.agentId !== agent.id && isLost(guard, write, content, contentBefore));
}
