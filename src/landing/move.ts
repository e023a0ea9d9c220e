import type { Evidence } from '../gate/index.js';
import type { CommitId } from '../git/index.js';
import { findRun } from '../run/index.js';
import { defined, type Reader, type Transaction } from '../store/index.js';
import type { Site } from '../workspace/index.js';
import type { Link } from './chain.js';
import { closeLanded } from './close.js';
import { moveIntegration } from './head.js';
import { findLandings, queueOf, type Landing } from './landing.js';
import { changedPremises } from './premises.js';
import { reconcile } from './reconcile.js';
import { moveSessionTarget } from './session-target.js';
import { intendLanding, requeueLanding, withdrawIfLost, type Intent } from './write.js';

/**
 * Writes the intents, moves the branch when it still is where the test began, and closes the tasks.
 * @returns False when nothing has moved, because a claim has gone or somebody else has moved the branch: what was
 * tested is not what would land now.
 */
export async function moveBranch(
  site: Site,
  head: CommitId,
  links: Link[],
  evidence: Evidence[],
): Promise<boolean> {
  const tip = links.at(-1);
  if (tip === undefined) return false;
  const steps = await intentsOf(site, links, evidence);
  const isIntended = await site.store.transaction(async (tx) => {
    const waiting = await stillWaiting(
      tx,
      site,
      steps.map((step) => step.landing),
    );
    if (waiting.length < steps.length) return false;
    for (const { landing, intent } of steps) await intendLanding(tx, landing, intent);
    return true;
  });
  if (!isIntended) return false;
  if (!(await move(site, tip, head))) {
    await takeBack(site, steps);
    return false;
  }
  await site.store.transaction(async (tx) => {
    for (const { landing, intent } of steps) await closeLanded(tx, landing, intent);
  });
  return true;
}

function move(site: Site, { commit, landing }: Link, head: CommitId): Promise<boolean> {
  return landing.session === undefined
    ? moveIntegration(site, commit, head)
    : moveSessionTarget(site, landing.session, { from: head, to: commit });
}

/** Somebody else has moved the branch: of a run it may have been an engine that this one follows, which git tells. */
async function takeBack(site: Site, steps: Step[]): Promise<void> {
  if (site.into === undefined) return void (await reconcile(site, { full: true }));
  await site.store.transaction(async (tx) => {
    for (const { landing } of steps) await requeueLanding(tx, landing);
  });
}

interface Step {
  landing: Landing;
  intent: Intent;
}

/** The run's gate speaks for everything that landed with it; a task's own gate only for that task. */
function evidenceFor({ run }: Site, own: string | undefined, evidence: Evidence[]): Evidence | undefined {
  const of = (gate: string | undefined) => evidence.find((each) => each.gate === gate);
  return (
    (run.options.gate === undefined ? undefined : of(run.options.gate)) ??
    (own === undefined ? undefined : of(own))
  );
}

async function intentsOf(site: Site, links: Link[], evidence: Evidence[]): Promise<Step[]> {
  const steps: Step[] = [];
  for (const { landing, onto, commit, tree, gate } of links) {
    const proof = evidenceFor(site, gate, evidence);
    const before = steps.map((step) => step.landing);
    const premises = await changedPremises(site, landing, onto, before);
    steps.push({
      landing,
      intent: { expectedOld: onto, commit, tree, premises, ...defined({ evidenceId: proof?.id }) },
    });
  }
  return steps;
}

/**
 * Those of the landings that wait in the queue still and whose claims hold; the others are withdrawn. None at all
 * when another engine has taken the run over: the queue is its own now.
 */
export async function stillWaiting(tx: Transaction, site: Site, landings: Landing[]): Promise<Landing[]> {
  if (!(await isOurs(tx, site))) return [];
  const ids = landings.map(({ id }) => id);
  const waiting: Landing[] = [];
  for (const landing of await findLandings(tx, { ...queueOf(site), states: ['queued'], ids })) {
    if (!(await withdrawIfLost(tx, landing))) waiting.push(landing);
  }
  return waiting;
}

/** Whether no other engine has taken the run over. A session's branch is landed by the process that it is queued with. */
export async function isOurs(reader: Reader, { run, into }: Site): Promise<boolean> {
  if (into !== undefined) return true;
  return (await findRun(reader, run.id))?.epoch === run.epoch;
}
