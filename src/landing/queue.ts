import { retryVanished } from '../git/index.js';
import { findLocks, locksOverlapping } from '../lock/index.js';
import { requireTask } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { mergeChain } from './chain.js';
import { handConflictBack } from './conflict.js';
import { GateAborted } from './gate.js';
import { integrationHead } from './head.js';
import { findLandings, findLost, openLandingSeqs, type Landing } from './landing.js';
import type { Lane } from './lane.js';
import { isOurs, moveBranch, stillWaiting } from './move.js';
import { proveLinks, toleratesRed, type Bench } from './prove.js';
import { reconcile } from './reconcile.js';
import { rejectLanding, rejectUnrelated } from './reject.js';
import { withdrawIfLost } from './write.js';

/** At most so many are tested together: a longer chain makes a red gate more likely, and its bisection longer. */
const BATCH = 8;

export interface Round {
  /** Attempts that left the queue: landed, sent back, or withdrawn. */
  settled: number;
  /** Landings that a lock by hand holds back, with the locks' ids. */
  held: { taskId: string; locks: string[] }[];
}

/**
 * Lands what waits: merges it onto the integration head, tests the merged tree, moves the branch by
 * compare-and-swap, and records it; the sheet is brought in line with git first.
 * @throws {GateAborted} when `signal` fires while a gate runs; what was under test has not moved then.
 */
export async function landWaiting(site: Site, lane: Lane, signal?: AbortSignal): Promise<Round> {
  if (!(await isOurs(site.store, site))) return { settled: 0, held: [] };
  return retryVanished(() => landRound(site, lane, signal));
}

// However much waits, no more of it is read than can be tested together.
async function landRound(site: Site, lane: Lane, signal: AbortSignal | undefined): Promise<Round> {
  const { store, run } = site;
  const before = await openLandingSeqs(store, run.id);
  await reconcile(site);
  await withdrawLost(site);
  const held = await heldByLocks(site);
  const free = await firstFree(site, held, before.at(-1));
  if (free.length > 0) {
    // What is red is landed while red is tolerated, so only one by one shows which made it green.
    const most = (await toleratesRed(site, await integrationHead(site))) ? 1 : BATCH;
    await landTogether({ site, lane, signal, red: [] }, free.slice(0, most));
  }
  const after = new Set(await openLandingSeqs(store, run.id));
  return { settled: before.filter((seq) => !after.has(seq)).length, held };
}

/** Takes out of the queue whatever has lost its claim, wherever in it. */
async function withdrawLost(site: Site): Promise<void> {
  await site.store.transaction(async (tx) => {
    if (!(await isOurs(tx, site))) return;
    for (const landing of await findLost(tx, site.run.id)) await withdrawIfLost(tx, landing);
  });
}

/** What has waited longest of that which nothing holds back, of what was in the queue with this one. */
async function firstFree({ store, run }: Site, held: Round['held'], upToSeq = 0): Promise<Landing[]> {
  const queued = { runId: run.id, states: ['queued'], upToSeq } as const;
  const waiting = await findLandings(store, queued, held.length + BATCH);
  const heldIds = new Set(held.map(({ taskId }) => taskId));
  return waiting.filter(({ taskId }) => !heldIds.has(taskId)).slice(0, BATCH);
}

/** Tests a chain as a whole; when it is red, each half by itself, so that one bad task does not hold the others. */
async function landTogether(bench: Bench, landings: Landing[]): Promise<void> {
  const { site, lane, signal } = bench;
  if (signal?.aborted === true) throw new GateAborted();
  const waiting = await site.store.transaction(async (tx) => stillWaiting(tx, site, landings));
  if (waiting.length === 0) return;
  const head = await integrationHead(site);
  const { links, conflicted, unrelated } = await mergeChain(site, head, waiting, await lane.forMerging(head));
  for (const { landing, conflicts } of conflicted) await handConflictBack(site, landing, conflicts);
  for (const landing of unrelated) await rejectUnrelated(site, landing);
  const chained = links.map((link) => link.landing);
  const [first] = chained;
  if (first === undefined) return;
  const proof = await proveLinks(bench, head, links);
  if (proof.isLandable) {
    // Not moved: merged and tested again, on the head as it is now and without what was withdrawn.
    if (!(await moveBranch(site, head, links, proof.evidence))) await landTogether(bench, chained);
    return;
  }
  if (chained.length === 1) return rejectLanding(site, first, proof.evidence);
  const half = Math.ceil(chained.length / 2);
  await landTogether(bench, chained.slice(0, half));
  await landTogether(bench, chained.slice(half));
}

/**
 * Those of the waiting landings that a lock by hand holds back: it holds for landing too, unless the task's own agent
 * has it. One whose claim has gone is held by nothing: it is withdrawn in the next round.
 */
export async function heldByLocks({ store, run }: Site): Promise<Round['held']> {
  // As a rule: the queue is not gone through for nothing.
  if ((await findLocks(store, { byHand: true })).length === 0) return [];
  const held: Round['held'] = [];
  const filter = { byHandOnly: true, nowMs: store.clock.now() };
  for (const { taskId, paths } of await findLandings(store, { runId: run.id, states: ['queued'] })) {
    const overlapping = await locksOverlapping(store, paths, filter);
    if (overlapping.length === 0) continue;
    const { claimedBy } = await requireTask(store, taskId);
    if (claimedBy === undefined) continue;
    const locks = overlapping.map((holder) => holder.lock).filter((lock) => lock.agentId !== claimedBy);
    if (locks.length > 0) held.push({ taskId, locks: locks.map((lock) => lock.id) });
  }
  return held;
}
