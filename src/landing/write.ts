import { appendEvent } from '../event/index.js';
import { defined, sql, type Sql, type Transaction } from '../store/index.js';
import { holdsClaim, requireTask, type Claim } from '../task/index.js';
import { isOfTask, type Landing, type LandingState, type Premise, type SessionBranch } from './landing.js';

/** The commit that lands, what it is put on, and what it was tested by. */
export interface Intent {
  expectedOld: string;
  commit: string;
  tree: string;
  evidenceId?: string;
  premises: Premise[];
}

const insertLanding = (each: Landing): Sql => sql`
  insert into landing (id, run_id, task_id, attempt, state, head_commit, base_commit, paths, queued_ms, branch, into_branch,
                       agent_id, owner_pid, owner_started_at)
  values (${each.id}, ${each.runId ?? null}, ${each.taskId ?? null}, ${each.attempt ?? null}, ${each.state}, ${each.headCommit},
          ${each.baseCommit}, ${JSON.stringify(each.paths)}, ${each.queuedAt}, ${each.session?.branch ?? null},
          ${each.session?.into ?? null}, ${each.session?.agentId ?? null}, ${each.session?.owner.pid ?? null},
          ${each.session?.owner.startedAt ?? null})`;

const updateIntent = (id: string, intent: Intent): Sql => sql`
  update landing set state = 'intended', expected_old = ${intent.expectedOld}, commit_id = ${intent.commit},
                     tree = ${intent.tree}, evidence_id = ${intent.evidenceId ?? null},
                     premises = ${JSON.stringify(intent.premises)}
   where id = ${id} and state = 'queued'`;

const updateRequeued = (id: string): Sql => sql`
  update landing set state = 'queued', expected_old = null, commit_id = null, tree = null, evidence_id = null, premises = '[]'
   where id = ${id} and state = 'intended'`;

const updateLanded = (id: string, proof: LandedProof, nowMs: number): Sql => sql`
  update landing set state = 'landed', expected_old = ${proof.expectedOld}, commit_id = ${proof.commit}, tree = ${proof.tree},
                     reason = null, ended_ms = ${nowMs}
   where id = ${id}`;

const updateEnded = (id: string, end: LandingEnd, nowMs: number): Sql => sql`
  update landing set state = ${end.state}, reason = ${end.reason}, premises = ${JSON.stringify(end.premises ?? [])},
                     evidence_id = ${end.evidenceId ?? null}, ended_ms = ${nowMs}
   where id = ${id}`;

type Work = Pick<Landing, 'headCommit' | 'baseCommit' | 'paths'>;

/** Puts finished work of a run into its queue. */
export async function enqueueLanding(
  tx: Transaction,
  work: Work & Claim & { runId: string },
): Promise<Landing> {
  return enqueue(tx, work);
}

/** What a session's branch brings, as the work of a task or of none. */
export type SessionWork = Work & Partial<Claim> & { session: SessionBranch };

/** Puts a session's branch into the queue onto another. */
export async function enqueueSession(tx: Transaction, work: SessionWork): Promise<Landing> {
  return enqueue(tx, work);
}

async function enqueue(
  tx: Transaction,
  work: Omit<Landing, 'id' | 'state' | 'premises' | 'queuedAt'>,
): Promise<Landing> {
  const landing: Landing = {
    ...work,
    id: await tx.nextId('landing'),
    state: 'queued',
    premises: [],
    queuedAt: tx.now,
  };
  await tx.run(insertLanding(landing));
  const { headCommit, paths, session } = work;
  await tell(tx, landing, 'queued', { headCommit, paths, branch: session?.branch, into: session?.into });
  return landing;
}

/** Writes down what is about to land, before the ref moves. */
export async function intendLanding(tx: Transaction, landing: Landing, intent: Intent): Promise<void> {
  await tx.run(updateIntent(landing.id, intent));
  await tell(tx, landing, 'intended', { ...intent });
}

/** The intended commit did not reach the branch: the work waits in the queue again. */
export async function requeueLanding(tx: Transaction, landing: Landing): Promise<void> {
  await tx.run(updateRequeued(landing.id));
  await tell(tx, landing, 'queued', {});
}

/** What git shows of a landing. */
export type LandedProof = Pick<Intent, 'expectedOld' | 'commit' | 'tree'>;

export async function markLanded(tx: Transaction, landing: Landing, proof: LandedProof): Promise<void> {
  await tx.run(updateLanded(landing.id, proof, tx.now));
  await tell(tx, landing, 'landed', { ...proof, paths: landing.paths });
}

/** How an attempt left the queue without landing, with what the next one should know. */
export interface LandingEnd {
  state: Extract<LandingState, 'conflicted' | 'rejected' | 'withdrawn'>;
  reason: string;
  premises?: Premise[];
  evidenceId?: string;
}

export async function endLanding(tx: Transaction, landing: Landing, end: LandingEnd): Promise<void> {
  await tx.run(updateEnded(landing.id, end, tx.now));
  const { state, ...facts } = end;
  await tell(tx, landing, state, { ...facts, paths: landing.paths });
}

/**
 * Takes a landing out of the queue when its claim has gone: the task was cancelled, or is another attempt's by now.
 * @returns Whether it was withdrawn.
 */
export async function withdrawIfLost(tx: Transaction, landing: Landing): Promise<boolean> {
  if (!isOfTask(landing)) return false;
  const task = await requireTask(tx, landing.taskId);
  // A session may have said that its task is done before it lands the work.
  const isHeld = holdsClaim(task.state) || (landing.session !== undefined && task.state === 'done');
  if (task.attempt === landing.attempt && isHeld) return false;
  const why =
    task.attempt === landing.attempt ? `the task is ${task.state}` : `attempt ${task.attempt} has begun`;
  await endLanding(tx, landing, { state: 'withdrawn', reason: why });
  return true;
}

async function tell(
  tx: Transaction,
  landing: Landing,
  what: string,
  data: Record<string, unknown>,
): Promise<void> {
  const { id, runId, taskId, attempt, session } = landing;
  await appendEvent(tx, {
    type: `landing.${what}`,
    ...defined({ runId, taskId, attempt, agentId: session?.agentId }),
    data: { id, ...defined(data) },
  });
}
