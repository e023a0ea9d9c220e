import { retryVanished } from '../git/index.js';
import { findLocks, locksOverlapping, type Lock } from '../lock/index.js';
import type { Store } from '../store/index.js';
import { requireTask } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { mergeChain } from './chain.js';
import { backToWorkers, type SendBack } from './back-to-workers.js';
import { GateAborted } from './gate.js';
import { queueHead } from './head.js';
import { findLandings, findLost, isOfTask, openLandingSeqs, type Landing } from './landing.js';
import type { Lane } from './lane.js';
import { isOurs, moveBranch, stillWaiting } from './move.js';
import { proveLinks, toleratesRed, type Bench } from './prove.js';
import { reconcile } from './reconcile.js';
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
    const most = (await toleratesRed(site, await queueHead(site))) ? 1 : BATCH;
    await landTogether({ site, lane, signal, red: [] }, free.slice(0, most), backToWorkers(site));
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
  return waiting.filter(({ taskId }) => !heldIds.has(taskId ?? '')).slice(0, BATCH);
}

/**
 * Tests a chain as a whole; when it is red, each half by itself, so that one bad task does not hold the others. What
 * does not land is sent back.
 */
export async function landTogether(bench: Bench, landings: Landing[], back: SendBack): Promise<void> {
  const { site, lane, signal } = bench;
  if (signal?.aborted === true) throw new GateAborted();
  const waiting = await site.store.transaction(async (tx) => stillWaiting(tx, site, landings));
  if (waiting.length === 0) return;
  const head = await queueHead(site);
  const { links, conflicted, unrelated } = await mergeChain(site, head, waiting, await lane.forMerging(head));
  for (const { landing, conflicts } of conflicted) await back.conflicted(landing, conflicts);
  for (const landing of unrelated) await back.unrelated(landing);
  const chained = links.map((link) => link.landing);
  const [first] = chained;
  if (first === undefined) return;
  const proof = await proveLinks(bench, head, links);
  if (proof.isLandable) {
    // Not moved: merged and tested again, on the head as it is now and without what was withdrawn.
    if (!(await moveBranch(site, head, links, proof.evidence))) await landTogether(bench, chained, back);
    return;
  }
  if (chained.length === 1) return back.red(first, proof.evidence);
  const half = Math.ceil(chained.length / 2);
  await landTogether(bench, chained.slice(0, half), back);
  await landTogether(bench, chained.slice(half), back);
}

/**
 * Those of the waiting landings that a lock by hand holds back: it holds for landing too, unless the task's own agent
 * has it. One whose claim has gone is held by nothing: it is withdrawn in the next round.
 */
export async function heldByLocks({ store, run }: Site): Promise<Round['held']> {
  // As a rule: the queue is not gone through for nothing.
  if ((await findLocks(store, { byHand: true })).length === 0) return [];
  const held: Round['held'] = [];
  for (const landing of await findLandings(store, { runId: run.id, states: ['queued'] })) {
    if (!isOfTask(landing)) continue;
    const { claimedBy } = await requireTask(store, landing.taskId);
    const locks = claimedBy === undefined ? [] : await locksAgainst(store, landing, claimedBy);
    if (locks.length > 0) held.push({ taskId: landing.taskId, locks: locks.map((lock) => lock.id) });
  }
  return held;
}

/** The locks by hand of others on what a landing changes. */
export async function locksAgainst(store: Store, { paths }: Landing, agentId: string): Promise<Lock[]> {
  const overlapping = await locksOverlapping(store, paths, { byHandOnly: true, nowMs: store.clock.now() });
  return overlapping.map((holder) => holder.lock).filter((lock) => lock.agentId !== agentId);
}
