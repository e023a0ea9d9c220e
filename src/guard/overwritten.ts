import { findAgent, type Agent } from '../agent/index.js';
import { readBlob } from '../blob/index.js';
import { leaveNotice } from '../notice/index.js';
import { defined, type Transaction } from '../store/index.js';
import { recordSuspects, recordWrite, type Write } from '../write/index.js';
import type { Content } from './content.js';
import type { Guard } from './guard.js';
import { lineChanges } from './line-changes.js';
import type { Place } from './look.js';
import { isQuiet } from './policy.js';
import { shownPath } from './refusal.js';
import { isUndone } from './undone.js';
import { makersOf, whoWrote } from './who.js';

/** A command has written over what its agent had not seen. */
export interface Overwritten {
  /** Absent where that is not known: then only those are told whose changes they were. */
  by: Agent | undefined;
  /** Whether it names the file as one it writes, and no other command does. */
  isSure: boolean;
  place: Place;
  /** The write that the command made. */
  seq: number;
  /** The writes of others that it undid. */
  lost: readonly Write[];
}

/** Both are told, each once: who wrote over it, and whose change it was; with the way back. */
export async function tellOverwritten(
  guard: Guard,
  tx: Transaction,
  overwritten: Overwritten,
): Promise<void> {
  const { by, isSure, place, seq, lost } = overwritten;
  const { path } = place;
  const last = lost.at(-1);
  if (last === undefined || (await isQuiet(guard, place))) return;
  const way = wayBack(seq);
  const yours = isSure ? 'your command' : 'your command, or something that ran at the same time,';
  if (by !== undefined)
    await leaveNotice(tx, by.id, {
      topic: `overwrote:${seq}`,
      text: `callsheet: ${yours} wrote ${shownPath(path)} over a change that you had not seen: ${await whoWrote(tx, last, tx.now)}.\n${lostDiff(guard, lost)}${way}`,
    });
  const theirs = by === undefined ? 'a command' : `a command${isSure ? '' : ', perhaps'} of ${by.name}`;
  await tellMakers(tx, lost, {
    ...{ seq, by: by?.id },
    text: (change) =>
      `callsheet: ${theirs} wrote ${shownPath(path)} over ${change} without having seen it. ${way}`,
  });
}

interface Loss {
  /** The write that undid theirs. */
  seq: number;
  /** Who made that. */
  by: string | undefined;
  /** What they are told, by whose change it was. */
  text: (change: string) => string;
}

/** Each whose change it was is told, and each whose change it may have been. */
async function tellMakers(tx: Transaction, lost: readonly Write[], { seq, by, text }: Loss): Promise<void> {
  for (const write of lost)
    for (const { id } of await makersOf(tx, write)) {
      if (id === by) continue;
      const isTheirs = write.agentId !== undefined;
      const change = isTheirs ? 'a change of yours' : 'a change that a command of yours may have made';
      await leaveNotice(tx, id, { topic: `overwritten:${seq}`, text: text(change) });
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
  const change = { checkout, path, before: write.after, after: content.hash };
  const seq = await recordWrite(tx, { ...change, ...defined({ agentId: over.agentId }), how: over.how });
  if (over.agentId === undefined)
    await recordSuspects(
      tx,
      seq,
      makers.map(({ id }) => id),
    );
  const loss = { isSure: over.how === 'shell', place: { checkout, path }, seq, lost: [write] };
  for (const by of makers.length > 0 ? makers : [undefined])
    await tellOverwritten(guard, tx, { ...loss, by });
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
  const text = `callsheet: your write of ${shownPath(path)} replaced a change made at the same moment: ${await whoWrote(tx, lost, tx.now)}.\n${lostDiff(guard, [lost])}${wayBack(seq)}`;
  await leaveNotice(tx, agentId, { topic: `overwrote:${seq}`, text });
  await tellMakers(tx, [lost], {
    ...{ seq, by: agentId },
    text: (change) =>
      `callsheet: ${self} wrote ${shownPath(path)} at the same moment, and replaced ${change}. ${wayBack(seq)}`,
  });
}

function wayBack(seq: number): string {
  return `The content before that: callsheet undo --write ${seq}`;
}
