import { findAgent, type Agent } from '../agent/index.js';
import { readBlob } from '../blob/index.js';
import { leaveNotice } from '../notice/index.js';
import type { Transaction } from '../store/index.js';
import { recordWrite, type Write } from '../write/index.js';
import type { Content } from './content.js';
import type { Guard } from './guard.js';
import { lineChanges } from './line-changes.js';
import type { Place } from './look.js';
import { isQuiet } from './policy.js';
import { shownPath } from './refusal.js';
import { isUndone } from './undone.js';
import { whoWrote } from './who.js';

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
  for (const { agentId } of lost) {
    if (agentId === undefined) continue;
    const theirs = by === undefined ? 'a command' : `a command${isSure ? '' : ', perhaps'} of ${by.name}`;
    await leaveNotice(tx, agentId, {
      topic: `overwritten:${seq}`,
      text: `callsheet: ${theirs} wrote ${shownPath(path)} over a change of yours without having seen it. ${way}`,
    });
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
  const by = over.agentId === undefined ? undefined : await findAgent(tx, over.agentId);
  const change = { checkout, path, before: write.after, after: content.hash };
  const whose = by === undefined ? ({ how: 'outside' } as const) : { agentId: by.id, how: over.how };
  const seq = await recordWrite(tx, { ...change, ...whose });
  await tellOverwritten(guard, tx, {
    by,
    isSure: over.how === 'shell',
    place: { checkout, path },
    seq,
    lost: [write],
  });
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
  if (lost.agentId === undefined) return;
  const toOther = `callsheet: ${self} wrote ${shownPath(path)} at the same moment as you did, and replaced what it left there. ${wayBack(seq)}`;
  await leaveNotice(tx, lost.agentId, { topic: `overwritten:${seq}`, text: toOther });
}

function wayBack(seq: number): string {
  return `The content before that: callsheet undo --write ${seq}`;
}
