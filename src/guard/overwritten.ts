import { findAgent, type Agent } from '../agent/index.js';
import { readBlob } from '../blob/index.js';
import { leaveNotice } from '../notice/index.js';
import { defined, type Transaction } from '../store/index.js';
import { recordWrite, type Write } from '../write/index.js';
import type { Content } from './content.js';
import type { Guard } from './guard.js';
import { lineChanges } from './line-changes.js';
import type { Place } from './look.js';
import { isQuiet } from './policy.js';
import { shownPath } from './refusal.js';
import { isUndone } from './undone.js';
import { hearerFor, makersOf, ofAny, whoWrote } from './who.js';

/** What is gone, and who took it away without having seen it. */
export interface Loss {
  /** Absent where that is not known: then only those are told whose changes they were. */
  by: Agent | undefined;
  /** Writes of others, oldest first; none where it had seen them. */
  lost: readonly Write[];
}

/** A command has written over what its agent had not seen. */
export interface Overwritten {
  /** By whom; where commands of several agents were under way, each with what it had not seen. */
  losses: readonly Loss[];
  /** Whether it names the file as one it writes, and no other command does. */
  isSure: boolean;
  place: Place;
  /** The write that the command made. */
  seq: number;
}

/** All are told, each once: who wrote over it, or may have, and whose change it was; with the way back. */
export async function tellOverwritten(
  guard: Guard,
  tx: Transaction,
  { losses, isSure, place, seq }: Overwritten,
): Promise<void> {
  const all = losses.flatMap(({ lost }) => lost);
  if (all.length === 0 || (await isQuiet(guard, place))) return;
  const [path, way] = [shownPath(place.path), wayBack(seq)];
  const told: Agent[] = [];
  for (const { by, lost } of losses) {
    const last = lost.at(-1);
    if (by === undefined || last === undefined) continue;
    const yours = isSure ? 'your command' : 'your command, or something that ran at the same time,';
    const who = await whoWrote(tx, last, tx.now, by.id);
    const text = `callsheet: ${yours} wrote ${path} over a change that you had not seen: ${who}.\n${lostDiff(guard, lost)}${way}`;
    await leaveNotice(tx, (await hearerFor(tx, by)).id, { topic: `overwrote:${seq}`, text });
    told.push(by);
  }
  const theirs = `a command${told.length === 0 ? '' : isSure ? ` ${ofAny(told)}` : `, perhaps ${ofAny(told)},`}`;
  await tellMakers(tx, all, {
    ...{ seq, except: told },
    text: (change) => `callsheet: ${theirs} wrote ${path} over ${change} without having seen it. ${way}`,
  });
}

interface Told {
  /** The write that undid theirs. */
  seq: number;
  /** Who has been told of that write. */
  except: readonly Pick<Agent, 'id'>[];
  /** What they are told, by whose change it was. */
  text: (change: string) => string;
}

/** Each whose change it was is told, and each whose change it may have been. */
async function tellMakers(
  tx: Transaction,
  lost: readonly Write[],
  { seq, except, text }: Told,
): Promise<void> {
  for (const write of lost)
    for (const maker of await makersOf(tx, write)) {
      if (except.some(({ id }) => id === maker.id)) continue;
      const isTheirs = write.agentId !== undefined;
      const change = isTheirs ? 'a change of yours' : 'a change that a command of yours may have made';
      const topic = `overwritten:${seq}`;
      await leaveNotice(tx, (await hearerFor(tx, maker)).id, { topic, text: text(change) });
    }
}

const BY_COMMANDS: ReadonlySet<Write['how']> = new Set(['shell', 'meanwhile', 'outside']);

/** A command of another has written over what an agent had written, before anybody had looked at the file. */
export async function noteOverwritten(
  guard: Guard,
  tx: Transaction,
  write: Write,
  { over, content }: { over: Write; content: Content },
): Promise<void> {
  if (!BY_COMMANDS.has(over.how) || !isLost(guard, write, content)) return;
  const { checkout, path } = write;
  const makers = await makersOf(tx, over);
  const { agentId, suspects, how } = over;
  const change = { checkout, path, before: write.after, after: content.hash };
  const seq = await recordWrite(tx, { ...change, ...defined({ agentId, suspects }), how });
  const others = makers.filter(({ id }) => id !== write.agentId);
  const losses = (others.length > 0 ? others : [undefined]).map((by) => ({ by, lost: [write] }));
  await tellOverwritten(guard, tx, { losses, isSure: how === 'shell', place: { checkout, path }, seq });
}

/**
 * Whether what a write brought is no longer there.
 * @param before With the content before that: whether it was there then.
 */
export function isLost({ sheetFolder }: Guard, write: Write, { bytes }: Content, before?: Buffer): boolean {
  const [old, made] = [write.before, write.after].map((hash) => readBlob(sheetFolder, hash));
  if (old === undefined || made === undefined || bytes === undefined) return true;
  const change = { before: old, after: made };
  return isUndone(change, bytes) && (before === undefined || !isUndone(change, before));
}

const LONGEST_DIFF_OF_LOST = 2_000;

/** What was written over, as a diff of how it came there; nothing where that is no text. */
function lostDiff({ sheetFolder }: Guard, lost: readonly Write[]): string {
  const [first, last] = [lost.at(0), lost.at(-1)];
  const [old, made] = [first?.before, last?.after].map((hash) =>
    hash === '' ? Buffer.alloc(0) : hash && readBlob(sheetFolder, hash),
  );
  const changes = old && made && lineChanges(old, made, LONGEST_DIFF_OF_LOST);
  if (!changes) return 'It cannot be shown as text. ';
  return `${changes.text}${changes.isWhole ? '' : '(There was more than is shown here.)\n'}`;
}

/** A command of another wrote the file between the permission and the write: nobody could hold that back. */
export async function tellReplaced(
  guard: Guard,
  tx: Transaction,
  { agentId, path, seq, lost }: { agentId: string; path: string; seq: number; lost: Write },
): Promise<void> {
  const self = (await findAgent(tx, agentId))?.name ?? 'Another agent';
  const text = `callsheet: your write of ${shownPath(path)} replaced a change made at the same moment: ${await whoWrote(tx, lost, tx.now, agentId)}.\n${lostDiff(guard, [lost])}${wayBack(seq)}`;
  await leaveNotice(tx, agentId, { topic: `overwrote:${seq}`, text });
  await tellMakers(tx, [lost], {
    ...{ seq, except: [{ id: agentId }] },
    text: (change) =>
      `callsheet: ${self} wrote ${shownPath(path)} at the same moment, and replaced ${change}. ${wayBack(seq)}`,
  });
}

function wayBack(seq: number): string {
  return `The content before that: callsheet undo --write ${seq}`;
}
