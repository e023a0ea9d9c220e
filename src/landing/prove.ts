import { CallsheetError } from '../error/index.js';
import { findEvidence, greenEvidence, type Evidence } from '../gate/index.js';
import type { CommitId } from '../git/index.js';
import { inputsHash, type Site } from '../workspace/index.js';
import type { Link } from './chain.js';
import { proveAgain, proveCommit, recordUnprepared } from './gate.js';
import { findLandings } from './landing.js';
import type { Lane } from './lane.js';

/** What a round of the queue tests with, and what it has seen to be red so far. */
export interface Bench {
  site: Site;
  lane: Lane;
  signal: AbortSignal | undefined;
  red: Evidence[];
}

/** What every gate showed, or the one that was red. `evidence` is empty where there is no gate. */
export type Proof = { isLandable: true; evidence: Evidence[] } | { isLandable: false; evidence: Evidence };
type SingleProof = { isLandable: boolean; evidence: Evidence };

/** Tests what links merge to by the run's gate and by each link's own. A single one that is red is tested twice. */
export async function proveLinks(bench: Bench, head: CommitId, links: Link[]): Promise<Proof> {
  const tip = links.at(-1);
  const evidence: Evidence[] = [];
  if (tip === undefined) return { isLandable: true, evidence };
  const gates = new Set([bench.site.run.options.gate, ...links.map((link) => link.gate)]);
  for (const gate of gates) {
    if (gate === undefined) continue;
    const next =
      links.length === 1
        ? await proveSingle(bench, head, tip.commit, gate)
        : await proveOnce(bench, tip.commit, gate);
    if (!next.isLandable) return { isLandable: false, evidence: next.evidence };
    evidence.push(next.evidence);
  }
  return { isLandable: true, evidence };
}

/**
 * Tests one piece of work. Red is tested once more; green then is flaky, which is good enough only for a gate that
 * was flaky on the base too.
 */
export async function proveSingle(
  bench: Bench,
  head: CommitId,
  commit: CommitId,
  gate: string,
): Promise<SingleProof> {
  const { site, lane, signal } = bench;
  const first = await proveOnce(bench, commit, gate);
  const isRunGate = gate === site.run.options.gate;
  if (first.isLandable || (isRunGate && (await toleratesRed(site, head))))
    return { ...first, isLandable: true };
  const again = () => proveAgain(site, lane, commit, first.evidence, signal);
  const evidence = await redWhenUnprepared(site, commit, gate, again);
  return { evidence, isLandable: evidence.isGreen && isRunGate && site.run.baseGate === 'flaky' };
}

/** What was red in this round is not run again: taking a red chain apart comes back to the tree of the whole. */
async function proveOnce(bench: Bench, commit: CommitId, gate: string): Promise<SingleProof> {
  const { site, lane, signal, red } = bench;
  const tree = await site.repository.treeOf(commit);
  const known = red.find((each) => each.tree === tree && each.gate === gate);
  if (known !== undefined) return { evidence: known, isLandable: false };
  const test = () => proveCommit(site, lane, commit, gate, signal);
  const evidence = await redWhenUnprepared(site, commit, gate, test);
  if (!evidence.isGreen) red.push(evidence);
  return { evidence, isLandable: evidence.isGreen };
}

/** Work that breaks what prepares workspaces is red like any other: the queue does not stop for it. */
async function redWhenUnprepared(
  site: Site,
  commit: CommitId,
  gate: string,
  test: () => Promise<Evidence>,
): Promise<Evidence> {
  try {
    return await test();
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'SETUP_FAILED') throw error;
    return recordUnprepared(site, commit, gate, error);
  }
}

/**
 * With `--allow-red-base` red proves nothing against a task, until the gate has been green once on what the next
 * one would be put on.
 */
export async function toleratesRed(site: Site, head: CommitId): Promise<boolean> {
  const { gate } = site.run.options;
  if (site.run.baseGate !== 'red' || gate === undefined) return false;
  if (
    (await greenEvidence(
      site.store,
      await site.repository.treeOf(head),
      gate,
      await inputsHash(site, head),
    )) !== undefined
  )
    return false;
  for (const { evidenceId } of await findLandings(site.store, { runId: site.run.id, states: ['landed'] })) {
    const evidence = evidenceId === undefined ? undefined : await findEvidence(site.store, evidenceId);
    if (evidence?.isGreen === true && !evidence.isFlaky && evidence.gate === gate) return false;
  }
  return true;
}
