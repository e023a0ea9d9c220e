import { keepBlob, readBlob } from '../blob/index.js';
import { findAgent } from '../agent/index.js';
import { findSeen, noteOwnWrite, recordSeen } from '../read/index.js';
import type { Transaction } from '../store/index.js';
import { tasksHeldBy } from '../task/index.js';
import {
  closeCall,
  noteFile,
  openCallsOf,
  openCallsOn,
  recordWrite,
  writesOf,
  type OpenCall,
  type Write,
} from '../write/index.js';
import { lookAtFile, LOOK_AGAIN, upToDate, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { sameButLineEnds } from './line-changes.js';
import { endUnused } from './locked.js';
import { noteContent, type Place } from './look.js';
import { foreseenBy, isMade, isSame, wantedBy, type Foreseen } from './made.js';
import { meetOthers } from './presence.js';
import { noteOverwritten, tellReplaced } from './overwritten.js';
import { accountFor, isTool, sweep } from './sweep.js';

/** What git calls a content of no bytes. */
const EMPTY = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/** There was no file, or an empty one. */
function hadNothingInIt(hash: string): boolean {
  return hash === '' || hash === EMPTY;
}

/** What a client says of a call that has ended. */
export type Result = 'done' | 'failed';

/** What is known of the calls of an agent when they are accounted for. */
export interface Ended {
  /** The only one that has ended, by the client's id; absent where none can be under way any more. */
  callId?: string;
  /** All that the client tells of, by its ids; absent where it tells of none. */
  told?: ReadonlySet<string>;
  /** What the client says of them, by its ids. Of the others only the files tell. */
  results?: ReadonlyMap<string, Result>;
  /** Up to which line those have shown a file that have shown fewer than they were to. */
  shownTo?: ReadonlyMap<string, number>;
}

/**
 * Accounts for the calls of an agent that were let through: what they have written is recorded as theirs, and as seen. One
 * that was never made (somebody refused it, or stopped the turn) is dropped: what has become of its file is another's.
 * @param ended Absent where they may all be under way: those that have not written yet stay open.
 */
export async function settle(guard: Guard, { agent }: Step, ended?: Ended): Promise<void> {
  const calls = await openCallsOf(guard.store, agent.id);
  if (calls.length === 0) return;
  const isFinal = (call: OpenCall): boolean =>
    ended !== undefined && (ended.callId === undefined || isPartOf(call, ended.callId));
  const contents = new Map<OpenCall, Content>();
  for (const call of calls.filter(isTool))
    contents.set(call, await lookAtFile(guard.store, call.checkout, call.path));
  await guard.store.transaction(async (tx) => {
    for (const [call, found] of contents) {
      const content = upToDate(`${call.checkout}/${call.path}`, found);
      const result = resultOf(call, ended);
      if (await hasEnded(guard, tx, call, { content, result }))
        await settleCall(guard, tx, call, { ...call, content });
      else if (isFinal(call) || result === 'failed') await dropCall(guard, tx, call, content);
    }
  });
  const commands = calls.filter((call) => !isTool(call) && isFinal(call));
  if (commands.length === 0) return;
  for (const checkout of new Set(commands.map((call) => call.checkout))) await sweep(guard, checkout);
  await guard.store.transaction(async (tx) => {
    for (const call of commands) await closeCall(tx, call);
  });
}

/** A command has a call of its own for each file that it names, and a patch for each file. */
function isPartOf(call: OpenCall, callId: string): boolean {
  return call.callId === callId || call.callId.startsWith(`${callId}#`);
}

function resultOf({ callId }: OpenCall, ended: Ended | undefined): Result | undefined {
  return ended?.results?.get(callId) ?? ended?.results?.get(callId.replace(/#\d+$/, ''));
}

async function hasEnded(
  guard: Guard,
  tx: Transaction,
  call: OpenCall,
  { content, result }: { content: Content; result: Result | undefined },
): Promise<boolean> {
  if (result === undefined) return hasWritten(guard, tx, call, content);
  return result === 'done' && content.hash !== call.before;
}

async function dropCall(guard: Guard, tx: Transaction, call: OpenCall, content: Content): Promise<void> {
  await closeCall(tx, call);
  const { checkout, path } = call;
  await accountFor(guard, tx, { checkout, path }, content);
  const agent = await findAgent(tx, call.agentId);
  const holder = agent?.parentId ?? call.agentId;
  if (!(await openCallsOn(tx, checkout, path)).some(({ agentId }) => agentId === call.agentId))
    await endUnused(tx, holder, path);
}

/** What an agent has just written in a file is accounted for before it writes there again. */
export async function settleOwn(
  guard: Guard,
  tx: Transaction,
  agentId: string,
  found: Place & { content: Content },
): Promise<void> {
  for (const call of await openCallsOn(tx, found.checkout, found.path))
    if (call.agentId === agentId && (await hasWritten(guard, tx, call, found.content)))
      await settleCall(guard, tx, call, found);
}

/** Whether a tool has done what it was let through for, as far as what is there tells. */
export async function hasWritten(
  guard: Guard,
  tx: Transaction,
  call: OpenCall,
  content: Content,
): Promise<boolean> {
  if (!isTool(call) || !isMade(guard, call, content)) return false;
  const since = await writesOf(tx, call, call.writeSeq);
  return !since.some((write) => write.agentId !== call.agentId && write.after === content.hash);
}

/**
 * One call that has been made. What it left behind is the agent's: what it was to leave, and what a formatter makes of
 * that. What else there is in the file is another's.
 */
export async function settleCall(
  guard: Guard,
  tx: Transaction,
  call: OpenCall,
  found: Place & { content: Content },
): Promise<void> {
  const { agentId, checkout, path } = call;
  const { content } = found;
  await closeCall(tx, call);
  const outcome = await outcomeOf(guard, tx, call, content);
  const { after, lost, isShared, rest } = outcome;
  // Another call of the same agent has already been settled with what is there.
  if (outcome.own.some((write) => write.after === after)) return;
  keepContent(guard, content);
  const before = lost?.after ?? outcome.own.at(-1)?.after ?? call.before;
  // Whoever knew all of it knows all of what they made of it.
  const whole = lost !== undefined || (await knewAll(guard, tx, call, { before, after }));
  const write = await recordCall(tx, call, { before, after });
  const writeSeq = isShared ? call.writeSeq : write.seq;
  // What others did to it in between cannot be told from what a call did whose outcome was not foreseen.
  if (!isShared || outcome.isForeseeable)
    await recordSeen(tx, { agentId, checkout }, { path, hash: after, whole, writeSeq });
  if (rest === undefined) await noteContent(tx, { checkout, path }, content);
  else {
    await noteFile(tx, { checkout, path, hash: rest, stamp: LOOK_AGAIN });
    await accountFor(guard, tx, { checkout, path }, content);
  }
  if (outcome.over !== undefined) await noteOverwritten(guard, tx, write, { over: outcome.over, content });
  if (lost === undefined) await meetOthers(guard, tx, agentId, { checkout, path });
  else await tellReplaced(guard, tx, { agentId, path, seq: write.seq, lost });
}

/** What a call has done, beside what others have done to the file since it was let through. */
interface Outcome {
  /** What it left behind. */
  after: string;
  /** Whether other agents may have written the file too. */
  isShared: boolean;
  /** Whether it could be told what it was to leave behind. */
  isForeseeable: boolean;
  /** What the agent has written there meanwhile. */
  own: Write[];
  /** What it replaced without anybody having known of it in time. */
  lost: Write | undefined;
  /** The write of another that came after it and made the file what it is. */
  over: Write | undefined;
  /** Where more has happened to the file than is known: what it would be without that. */
  rest: string | undefined;
}

async function outcomeOf(guard: Guard, tx: Transaction, call: OpenCall, content: Content): Promise<Outcome> {
  const since = await writesOf(tx, call, call.writeSeq);
  const others = since.filter((write) => write.agentId !== call.agentId);
  const own = since.filter((write) => write.agentId === call.agentId);
  const isShared = others.length > 0 || (await isOpenToOthers(tx, call));
  const wanted = wantedBy(guard, call);
  const foreseen = foreseenBy(guard, call, since);
  const isForeseen = foreseen.length === 0 || foreseen.some((each) => isSame(each, content));
  const itself = foreseenBy(guard, call, own).at(0);
  const after = isShared || !isForeseen ? keptHash(guard, itself ?? content) : content.hash;
  const over = after === content.hash ? undefined : others.findLast((write) => write.after === content.hash);
  const isReplaced = call.kind === 'whole' && wanted !== undefined && isSame(wanted, content);
  const without = isForeseen || over !== undefined ? undefined : foreseen.at(0);
  return {
    ...{ after, isShared, over, own, isForeseeable: wanted !== undefined },
    lost: isReplaced ? others.at(-1) : undefined,
    rest: without === undefined ? undefined : keptHash(guard, without),
  };
}

function keptHash({ sheetFolder }: Guard, { hash, bytes }: Foreseen): string {
  if (bytes !== undefined && hash !== '') keepBlob(sheetFolder, hash, bytes);
  return hash;
}

async function knewAll(
  { sheetFolder }: Guard,
  tx: Transaction,
  { agentId, checkout, path }: OpenCall,
  { before, after }: { before: string; after: string },
): Promise<boolean> {
  if (hadNothingInIt(before)) return true;
  const seen = await findSeen(tx, { agentId, checkout }, path);
  if (seen?.whole !== true) return false;
  if (seen.hash === before || seen.hash === after) return true;
  const [known, was] = [seen.hash, before].map((hash) => readBlob(sheetFolder, hash));
  return known !== undefined && was !== undefined && sameButLineEnds(known, was);
}

async function isOpenToOthers(tx: Transaction, { agentId, checkout, path }: OpenCall): Promise<boolean> {
  return (await openCallsOn(tx, checkout, path)).some((each) => each.agentId !== agentId);
}

function keepContent({ sheetFolder }: Guard, { hash, bytes }: Content): void {
  if (bytes !== undefined && hash !== '') keepBlob(sheetFolder, hash, bytes);
}

async function recordCall(
  tx: Transaction,
  { agentId, checkout, path, kind }: OpenCall,
  change: { before: string; after: string },
): Promise<Write> {
  const task = await taskOf(tx, agentId);
  const how = kind === 'whole' ? 'write' : 'edit';
  const write = { checkout, path, agentId, ...change, how, ...task } as const;
  const seq = await recordWrite(tx, write);
  await noteOwnWrite(tx, agentId, seq);
  return { ...write, seq, at: tx.now };
}

/** The claim for which an agent writes, when it holds one; a subagent writes for that of its parent. */
async function taskOf(tx: Transaction, agentId: string): Promise<{ taskId?: string; attempt?: number }> {
  const agent = await findAgent(tx, agentId);
  const [task, ...others] = await tasksHeldBy(tx, agent?.parentId ?? agentId);
  return task === undefined || others.length > 0 ? {} : { taskId: task.id, attempt: task.attempt };
}
