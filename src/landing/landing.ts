import {
  defined,
  join,
  jsonOf,
  numberOf,
  oneOf,
  optionalNumber,
  optionalText,
  sql,
  textListOf,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';
import { appendEvent } from '../event/index.js';
import type { Claim } from '../task/index.js';

export const LANDING_STATES = ['queued', 'intended', 'landed', 'conflicted', 'rejected', 'withdrawn'] as const;
/** `intended`: the landing commit is written down and the ref is about to move; git tells whether it did. */
export type LandingState = (typeof LANDING_STATES)[number];

/** Something that an attempt relied on, and that another landing has changed since. */
export interface Premise {
  path: string;
  /** The tasks whose landing changed it. */
  changedBy: string[];
  /** It had declared the path, or reported that it read it. */
  how: 'declared' | 'read';
}

/** The way of one finished attempt onto the integration branch. */
export interface Landing {
  id: string;
  runId: string;
  taskId: string;
  attempt: number;
  state: LandingState;
  /** The attempt's work, and the integration head it began from. */
  headCommit: string;
  baseCommit: string;
  /** What it changed. */
  paths: string[];
  expectedOld?: string;
  commit?: string;
  tree?: string;
  evidenceId?: string;
  premises: Premise[];
  reason?: string;
  queuedAt: number;
  endedAt?: number;
}

const insertLanding = (each: Landing): Sql => sql`
  insert into landing (id, run_id, task_id, attempt, state, head_commit, base_commit, paths, queued_ms)
  values (${each.id}, ${each.runId}, ${each.taskId}, ${each.attempt}, ${each.state}, ${each.headCommit},
          ${each.baseCommit}, ${JSON.stringify(each.paths)}, ${each.queuedAt})`;

const selectLandings = (conditions: Sql[]): Sql => sql`
  select * from landing where ${join([sql`true`, ...conditions], ' and ')} order by seq`;

const updateIntent = (each: { id: string; expectedOld: string; commit: string; tree: string; evidenceId: string | undefined }): Sql => sql`
  update landing set state = 'intended', expected_old = ${each.expectedOld}, commit_id = ${each.commit}, tree = ${each.tree},
                     evidence_id = ${each.evidenceId ?? null}
   where id = ${each.id} and state in ('queued', 'intended')`;

const updateState = (id: string, state: LandingState, reason: string | null, endedMs: number | null): Sql => sql`
  update landing set state = ${state}, reason = ${reason}, ended_ms = ${endedMs} where id = ${id}`;

/** Puts finished work into the queue. */
export async function enqueueLanding(
  tx: Transaction,
  work: Claim & Pick<Landing, 'runId' | 'headCommit' | 'baseCommit' | 'paths'>,
): Promise<Landing> {
  const landing: Landing = { ...work, id: await tx.nextId('landing'), state: 'queued', premises: [], queuedAt: tx.now };
  await tx.run(insertLanding(landing));
  await tell(tx, landing, 'queued', { headCommit: work.headCommit, paths: work.paths });
  return landing;
}

/** Writes down what is about to land, before the ref moves. */
export async function intendLanding(
  tx: Transaction,
  landing: Landing,
  intent: { expectedOld: string; commit: string; tree: string; evidenceId: string | undefined },
): Promise<void> {
  await tx.run(updateIntent({ id: landing.id, ...intent }));
  await tell(tx, landing, 'intended', { expectedOld: intent.expectedOld, commit: intent.commit });
}

/** The intended commit did not reach the branch: the work waits in the queue again. */
export async function requeueLanding(tx: Transaction, landing: Landing): Promise<void> {
  await tx.run(updateState(landing.id, 'queued', null, null));
  await tell(tx, landing, 'queued', {});
}

export async function endLanding(
  tx: Transaction,
  landing: Landing,
  state: Extract<LandingState, 'landed' | 'conflicted' | 'rejected' | 'withdrawn'>,
  reason?: string,
): Promise<void> {
  await tx.run(updateState(landing.id, state, reason ?? null, tx.now));
  await tell(tx, landing, state, { ...(reason === undefined ? {} : { reason }), paths: landing.paths });
}

export async function notePremises(tx: Transaction, landing: Landing, premises: Premise[]): Promise<void> {
  await tx.run(sql`update landing set premises = ${JSON.stringify(premises)} where id = ${landing.id}`);
}

export async function findLandings(
  reader: Reader,
  filter: { runId?: string; taskId?: string; attempt?: number; states?: readonly LandingState[] },
): Promise<Landing[]> {
  const conditions: Sql[] = [];
  if (filter.runId !== undefined) conditions.push(sql`run_id = ${filter.runId}`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = ${filter.taskId}`);
  if (filter.attempt !== undefined) conditions.push(sql`attempt = ${filter.attempt}`);
  if (filter.states !== undefined) conditions.push(sql`state in (${join([...filter.states])})`);
  return (await reader.all(selectLandings(conditions))).map(toLanding);
}

async function tell(tx: Transaction, landing: Landing, what: string, data: Record<string, unknown>): Promise<void> {
  const { id, runId, taskId, attempt } = landing;
  await appendEvent(tx, { type: `landing.${what}`, runId, taskId, attempt, data: { id, ...data } });
}

function toLanding(row: Row): Landing {
  return defined({
    id: textOf(row, 'id'),
    runId: textOf(row, 'run_id'),
    taskId: textOf(row, 'task_id'),
    attempt: numberOf(row, 'attempt'),
    state: oneOf(row, 'state', LANDING_STATES),
    headCommit: textOf(row, 'head_commit'),
    baseCommit: textOf(row, 'base_commit'),
    paths: textListOf(row, 'paths'),
    expectedOld: optionalText(row, 'expected_old'),
    commit: optionalText(row, 'commit_id'),
    tree: optionalText(row, 'tree'),
    evidenceId: optionalText(row, 'evidence_id'),
    premises: jsonOf(row, 'premises') as Premise[],
    reason: optionalText(row, 'reason'),
    queuedAt: numberOf(row, 'queued_ms'),
    endedAt: optionalNumber(row, 'ended_ms'),
  });
}
