import { retryVanished } from '../git/index.js';
import { locksOverlapping } from '../lock/index.js';
import { requireTask } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { mergeChain } from './chain.js';
import { handConflictBack } from './conflict.js';
import { GateAborted } from './gate.js';
import { integrationHead } from './head.js';
import { findLandings, type Landing } from './landing.js';
import type { Lane } from './lane.js';
import { isOurs, moveBranch, stillWaiting } from './move.js';
import { proveLinks, toleratesRed, type Bench } from './prove.js';
import { reconcile } from './reconcile.js';
import { rejectLanding, rejectUnrelated } from './reject.js';

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

async function landRound(site: Site, lane: Lane, signal: AbortSignal | undefined): Promise<Round> {
  const before = await openLandings(site);
  await reconcile(site);
  const queue = await site.store.transaction(async (tx) => stillWaiting(tx, site, before));
  const held = await heldByLocks(site, queue);
  const free = queue.filter((landing) => !held.some((each) => each.taskId === landing.taskId));
  if (free.length > 0) {
    // What is red is landed while red is tolerated, so only one by one shows which made it green.
    const most = (await toleratesRed(site, await integrationHead(site))) ? 1 : BATCH;
    await landTogether({ site, lane, signal, red: [] }, free.slice(0, most));
  }
  const after = new Set((await openLandings(site)).map((each) => each.id));
  return { settled: before.filter((each) => !after.has(each.id)).length, held };
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

function openLandings(site: Site): Promise<Landing[]> {
  return findLandings(site.store, { runId: site.run.id, states: ['queued', 'intended'] });
}

/**
 * Those of the waiting landings that a lock by hand holds back: it holds for landing too, unless the task's own agent
 * has it. One whose claim has gone is held by nothing: it is withdrawn in the next round.
 */
export async function heldByLocks(site: Site, waiting: Landing[]): Promise<Round['held']> {
  const held: Round['held'] = [];
  const nowMs = site.store.clock.now();
  for (const landing of waiting) {
    const { claimedBy: exceptAgent } = await requireTask(site.store, landing.taskId);
    if (landing.state !== 'queued' || exceptAgent === undefined) continue;
    const locks = await locksOverlapping(site.store, landing.paths, { byHandOnly: true, nowMs, exceptAgent });
    if (locks.length > 0) held.push({ taskId: landing.taskId, locks: locks.map((holder) => holder.lock.id) });
  }
  return held;
}
