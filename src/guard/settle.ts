import { keepBlob } from '../blob/index.js';
import { findAgent } from '../agent/index.js';
import { leaveNotice } from '../notice/index.js';
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
import { byOther, type Place } from './look.js';
import { meetOthers } from './presence.js';
import { shownPath } from './refusal.js';
import { sweep } from './sweep.js';
import { whoWrote } from './who.js';

/** There was no file, or an empty one. Hashed when it is asked for: loading the hash takes longer than most hooks work. */
function hadNothingInIt(hash: string): boolean {
  return hash === '' || hash === contentHash(Buffer.alloc(0), '');
}

/**
 * Accounts for the calls of an agent that were let through: what they have written is recorded as theirs, and as seen.
 * @param final Whether none of them can be under way any more; else those that have not written yet stay open.
 */
export async function settle(guard: Guard, { agent }: Step, final: boolean): Promise<void> {
  const calls = await openCallsOf(guard.store, agent.id);
  if (calls.length === 0) return;
  const contents = new Map(
    calls
      .filter(({ kind }) => kind !== 'shell')
      .map((call) => [call, contentOf(`${call.checkout}/${call.path}`)]),
  );
  await guard.store.transaction(async (tx) => {
    for (const [call, content] of contents) {
      if (content.hash !== call.before) await settleCall(guard, tx, call, { ...call, content });
      else if (final) await closeCall(tx, call);
    }
  });
  if (!final) return;
  for (const call of calls.filter(({ kind }) => kind === 'shell')) {
    await sweep(guard, call.checkout, agent);
    await guard.store.transaction((tx) => closeCall(tx, call));
  }
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
  const since = await writesOf(tx, { checkout, path }, call.writeSeq);
  const isShared = since.some((write) => write.agentId !== agentId) || (await isOpenToOthers(tx, call));
  const after = isShared ? (call.expected ?? content.hash) : content.hash;
  const own = since.filter((write) => write.agentId === agentId);
  // Another call of the same agent has already been settled with what is there.
  if (own.some((write) => write.after === after)) return;
  keepContent(guard, content);
  const lost = call.kind === 'whole' && content.hash === call.expected ? byOther(since, agentId) : undefined;
  const before = lost?.after ?? own.at(-1)?.after ?? call.before;
  // Whoever knew all of it knows all of what they made of it.
  const whole = lost !== undefined || (await knewAll(tx, call, before));
  const seq = await recordCall(tx, call, { before, after });
  const writeSeq = isShared ? call.writeSeq : seq;
  await recordSeen(tx, { agentId, checkout }, { path, hash: after, whole, writeSeq });
  await noteFile(tx, { checkout, path, hash: content.hash, stamp: content.stamp });
  if (lost === undefined) await meetOthers(tx, agentId, { checkout, path });
  else await tellOverwritten(tx, { agentId, path, seq, lost });
}

async function knewAll(
  tx: Transaction,
  { agentId, checkout, path }: OpenCall,
  before: string,
): Promise<boolean> {
  if (hadNothingInIt(before)) return true;
  const seen = await findSeen(tx, { agentId, checkout }, path);
  return seen?.whole === true && seen.hash === before;
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
): Promise<number> {
  const task = await taskOf(tx, agentId);
  const how = kind === 'whole' ? 'write' : 'edit';
  return recordWrite(tx, { checkout, path, agentId, ...change, how, ...task });
}

/** A command of another wrote the file between the permission and the write: nobody could hold that back. */
async function tellOverwritten(
  tx: Transaction,
  { agentId, path, seq, lost }: { agentId: string; path: string; seq: number; lost: Write },
): Promise<void> {
  const way = `The content before that: callsheet undo --write ${seq}`;
  const self = (await findAgent(tx, agentId))?.name ?? 'Another agent';
  const text = `callsheet: your write of ${shownPath(path)} replaced a change made at the same moment: ${await whoWrote(tx, lost, tx.now)}. ${way}`;
  await leaveNotice(tx, agentId, { topic: `overwrote:${seq}`, text });
  if (lost.agentId === undefined) return;
  const toOther = `callsheet: ${self} wrote ${shownPath(path)} at the same moment as your command, and replaced what it left there. ${way}`;
  await leaveNotice(tx, lost.agentId, { topic: `overwritten:${seq}`, text: toOther });
}

/** The claim for which an agent writes, when it holds one; a subagent writes for that of its parent. */
async function taskOf(tx: Transaction, agentId: string): Promise<{ taskId?: string; attempt?: number }> {
  const agent = await findAgent(tx, agentId);
  const [task, ...others] = await findTasks(tx, { claimedBy: agent?.parentId ?? agentId });
  return task === undefined || others.length > 0 ? {} : { taskId: task.id, attempt: task.attempt };
}
