import { findEvidence, type Evidence } from '../gate/index.js';
import type { CommitId } from '../git/index.js';
import { locksOverlapping } from '../lock/index.js';
import { integrationRef } from '../run/index.js';
import { requireTask } from '../task/index.js';
import type { Site } from '../workspace/index.js';
import { mergeChain, type Link } from './chain.js';
import { closeTask } from './close.js';
import { handConflictBack } from './conflict.js';
import { proveCommit, proveTwice } from './gate.js';
import { findLandings, intendLanding, notePremises, type Landing } from './landing.js';
import type { Lane } from './lane.js';
import { changedPremises } from './premises.js';
import { reconcile } from './reconcile.js';
import { rejectLanding } from './reject.js';

/** At most so many are tested together: a longer chain makes a red gate more likely, and its bisection longer. */
const BATCH = 8;

export interface Round {
  /** Attempts that left the queue: landed, sent back, or rejected. */
  settled: number;
  /** Landings that a lock by hand holds back, with the locks' ids. */
  held: { taskId: string; locks: string[] }[];
}

/**
 * Lands what waits: merges it onto the integration head, tests the merged tree, moves the branch by
 * compare-and-swap, and records it; the sheet is brought in line with git first.
 * @throws {GateAborted} when `signal` fires while a gate runs; nothing has moved then.
 */
export async function landWaiting(site: Site, lane: Lane, signal?: AbortSignal): Promise<Round> {
  await reconcile(site);
  const queue = await findLandings(site.store, { runId: site.run.id, states: ['queued'] });
  const { free, held } = await withoutLocked(site, queue);
  if (free.length === 0) return { settled: 0, held };
  const settled = await landTogether(site, lane, free.slice(0, BATCH), signal);
  return { settled, held };
}

/** Tests a chain as a whole; when it is red, each half by itself, so that one bad task does not hold the others. */
async function landTogether(site: Site, lane: Lane, landings: Landing[], signal: AbortSignal | undefined): Promise<number> {
  const head = await headOf(site);
  const chain = await mergeChain(site, head, landings, await lane.forMerging(head));
  for (const { landing, conflicts } of chain.conflicted) await handConflictBack(site, landing, conflicts);
  const { links } = chain;
  if (links.length === 0) return chain.conflicted.length;
  const evidence = await prove(site, lane, links, signal);
  if (evidence === 'red') {
    const half = Math.ceil(links.length / 2);
    const first = await landTogether(site, lane, links.slice(0, half).map((link) => link.landing), signal);
    const rest = await landTogether(site, lane, links.slice(half).map((link) => link.landing), signal);
    return chain.conflicted.length + first + rest;
  }
  if (evidence?.isLandable === false) {
    const [only] = links;
    if (only !== undefined) await rejectLanding(site, only.landing, evidence.evidence);
    return chain.conflicted.length + 1;
  }
  await move(site, head, links, evidence?.evidence);
  return chain.conflicted.length + links.length;
}

interface Proof {
  evidence: Evidence;
  isLandable: boolean;
}

/** Undefined when there is no gate; `red` when a chain of several must be taken apart. */
async function prove(site: Site, lane: Lane, links: Link[], signal: AbortSignal | undefined): Promise<Proof | 'red' | undefined> {
  const tip = links.at(-1);
  if (tip === undefined) return undefined;
  const own = links.map((link) => link.gate);
  const gates = [...new Set([site.run.options.gate, ...own])].filter((gate) => gate !== undefined);
  let proof: Proof | undefined;
  for (const gate of gates) {
    const test = links.length === 1 ? proveTwice : proveCommit;
    const evidence = await test(site, lane, tip.commit, gate, signal);
    if (!evidence.isGreen && links.length > 1) return 'red';
    const isLandable = evidence.isGreen ? !evidence.isFlaky || isUnreliable(site) : await toleratesRed(site, gate);
    if (!isLandable) return { evidence, isLandable };
    proof ??= { evidence, isLandable };
  }
  return proof;
}

function isUnreliable(site: Site): boolean {
  return site.run.baseGate === 'flaky' || site.run.baseGate === 'red';
}

// With `--allow-red-base` red proves nothing against a task, until the gate has been green once.
async function toleratesRed(site: Site, gate: string): Promise<boolean> {
  if (site.run.baseGate !== 'red' || gate !== site.run.options.gate) return false;
  const landed = await findLandings(site.store, { runId: site.run.id, states: ['landed'] });
  for (const { evidenceId } of landed) {
    if (evidenceId !== undefined && (await findEvidence(site.store, evidenceId))?.isGreen === true) return false;
  }
  return true;
}

/** Writes the intent, moves the branch when it still is where the test began, and closes the tasks. */
async function move(site: Site, head: CommitId, links: Link[], evidence: Evidence | undefined): Promise<void> {
  const tip = links.at(-1);
  if (tip === undefined) return;
  for (const { landing } of links) {
    const premises = await changedPremises(site, landing, head);
    if (premises.length > 0) await site.store.transaction((tx) => notePremises(tx, landing, premises));
  }
  await site.store.transaction(async (tx) => {
    for (const [index, { landing, commit, tree }] of links.entries()) {
      const expectedOld = index === 0 ? head : (links[index - 1]?.commit ?? head);
      await intendLanding(tx, landing, { expectedOld, commit, tree, evidenceId: evidence?.id });
    }
  });
  const moved = await site.repository.updateRef(integrationRef(site.run.id), tip.commit, head);
  // Somebody moved the branch: what was tested is not what would land. All of it waits for the next round.
  if (!moved) return void (await reconcile(site));
  await site.store.transaction(async (tx) => {
    for (const { landing, commit } of links) await closeTask(tx, landing, commit, landing);
  });
}

async function headOf(site: Site): Promise<CommitId> {
  const head = await site.repository.resolve(integrationRef(site.run.id));
  if (head === undefined) throw new Error(`The integration branch of ${site.run.id} is gone.`);
  return head;
}

/** A lock by hand on a path holds for landing too, unless the task's own agent has it. */
async function withoutLocked(site: Site, queue: Landing[]): Promise<{ free: Landing[]; held: Round['held'] }> {
  const free: Landing[] = [];
  const held: Round['held'] = [];
  for (const landing of queue) {
    const { claimedBy } = await requireTask(site.store, landing.taskId);
    const except = claimedBy === undefined ? {} : { exceptAgent: claimedBy };
    const locks = await locksOverlapping(site.store, landing.paths, { byHandOnly: true, ...except });
    if (locks.length === 0) free.push(landing);
    else held.push({ taskId: landing.taskId, locks: locks.map((holder) => holder.lock.id) });
  }
  return { free, held };
}
