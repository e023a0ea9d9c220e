import { keepBlob, readBlob } from '../blob/index.js';
import { findAgent } from '../agent/index.js';
import { contentHash, findSeen, recordSeen } from '../read/index.js';
import type { Transaction } from '../store/index.js';
import { findTasks } from '../task/index.js';
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
import { contentOf, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { sameButLineEnds } from './line-changes.js';
import type { Place } from './look.js';
import { meetOthers } from './presence.js';
import { noteOverwritten, tellReplaced } from './overwritten.js';
import { isAsExpected, isTool, suspectsOf, sweep } from './sweep.js';

/** There was no file, or an empty one. Hashed when it is asked for: loading the hash takes longer than most hooks work. */
function hadNothingInIt(hash: string): boolean {
  return hash === '' || hash === contentHash(Buffer.alloc(0), '');
}

/**
 * Accounts for the calls of an agent that were let through: what they have written is recorded as theirs, and as seen.
 * @param final Whether none of them can be under way any more; else those that have not written yet stay open.
 * @param callId The only one for which that is so.
 */
export async function settle(guard: Guard, { agent }: Step, final: boolean, callId?: string): Promise<void> {
  const isFinal = (call: OpenCall): boolean => final && (callId === undefined || isPartOf(call, callId));
  const calls = await openCallsOf(guard.store, agent.id);
  if (calls.length === 0) return;
  const contents = new Map(
    calls.filter(isTool).map((call) => [call, contentOf(`${call.checkout}/${call.path}`)]),
  );
  await guard.store.transaction(async (tx) => {
    for (const [call, content] of contents) {
      if (content.hash !== call.before) await settleCall(guard, tx, call, { ...call, content });
      else if (isFinal(call)) await closeCall(tx, call);
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

/**
 * One call that has written. What it left behind is the agent's, as far as nobody else can have written there since
 * it was let through: then only what the call was to leave behind is, and the rest is another's.
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
  const { after, lost, isShared } = outcome;
  // Another call of the same agent has already been settled with what is there.
  if (outcome.own.some((write) => write.after === after)) return;
  keepContent(guard, content);
  const before = lost?.after ?? outcome.own.at(-1)?.after ?? call.before;
  // Whoever knew all of it knows all of what they made of it.
  const whole = lost !== undefined || (await knewAll(guard, tx, call, before));
  const write = await recordCall(tx, call, { before, after });
  const writeSeq = isShared ? call.writeSeq : write.seq;
  // What others did to it in between cannot be told from what a call did whose outcome was not foreseen.
  if (!isShared || call.expected !== undefined)
    await recordSeen(tx, { agentId, checkout }, { path, hash: after, whole, writeSeq });
  const { hash, stamp } = outcome.hasRest ? { hash: after, stamp: '' } : content;
  await noteFile(tx, { checkout, path, hash, stamp });
  if (outcome.over !== undefined) await noteOverwritten(guard, tx, write, { over: outcome.over, content });
  if (lost === undefined) await meetOthers(guard, tx, agentId, { checkout, path });
  else await tellReplaced(tx, { agentId, path, seq: write.seq, lost });
}

/** What a call has done, beside what others have done to the file since it was let through. */
interface Outcome {
  /** What it left behind. */
  after: string;
  /** Whether others may have written the file too. */
  isShared: boolean;
  /** What the agent has written there meanwhile. */
  own: Write[];
  /** What it replaced without anybody having known of it in time. */
  lost: Write | undefined;
  /** The write of another that came after it and made the file what it is. */
  over: Write | undefined;
  /** Whether the file is not what the call left behind, and a command of another that has not ended may have done that. */
  hasRest: boolean;
}

async function outcomeOf(guard: Guard, tx: Transaction, call: OpenCall, content: Content): Promise<Outcome> {
  const since = await writesOf(tx, call, call.writeSeq);
  const others = since.filter((write) => write.agentId !== call.agentId);
  const isByCommand = !isAsExpected(guard, call, content) && (await hasOthersCommand(tx, call));
  const isShared = others.length > 0 || isByCommand || (await isOpenToOthers(tx, call));
  const after = isShared ? (call.expected ?? content.hash) : content.hash;
  const isReplaced = call.kind === 'whole' && content.hash === call.expected;
  const over = after === content.hash ? undefined : others.findLast((write) => write.after === content.hash);
  return {
    ...{ after, isShared, over },
    own: since.filter((write) => write.agentId === call.agentId),
    lost: isReplaced ? others.at(-1) : undefined,
    hasRest: isByCommand && over === undefined,
  };
}

async function knewAll(
  { sheetFolder }: Guard,
  tx: Transaction,
  { agentId, checkout, path }: OpenCall,
  before: string,
): Promise<boolean> {
  if (hadNothingInIt(before)) return true;
  const seen = await findSeen(tx, { agentId, checkout }, path);
  if (seen?.whole !== true) return false;
  if (seen.hash === before) return true;
  const [known, was] = [seen.hash, before].map((hash) => readBlob(sheetFolder, hash));
  return known !== undefined && was !== undefined && sameButLineEnds(known, was);
}

async function isOpenToOthers(tx: Transaction, { agentId, checkout, path }: OpenCall): Promise<boolean> {
  return (await openCallsOn(tx, checkout, path)).some((each) => each.agentId !== agentId);
}

async function hasOthersCommand(tx: Transaction, call: OpenCall): Promise<boolean> {
  return (await suspectsOf(tx, call)).some(({ agentId }) => agentId !== call.agentId);
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
  return { ...write, seq: await recordWrite(tx, write), at: tx.now };
}

/** The claim for which an agent writes, when it holds one; a subagent writes for that of its parent. */
async function taskOf(tx: Transaction, agentId: string): Promise<{ taskId?: string; attempt?: number }> {
  const agent = await findAgent(tx, agentId);
  const [task, ...others] = await findTasks(tx, { claimedBy: agent?.parentId ?? agentId });
  return task === undefined || others.length > 0 ? {} : { taskId: task.id, attempt: task.attempt };
}
