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
} from '../store/index.js';
import type { ProcessIdentity } from '../process/index.js';
import { CLAIMED_STATES, type Claim } from '../task/index.js';
import type { Site } from '../workspace/index.js';

export const LANDING_STATES = [
  'queued',
  'intended',
  'landed',
  'conflicted',
  'rejected',
  'withdrawn',
] as const;
/**
 * `intended`: the landing commit is written down and the ref is about to move; git tells whether it did.
 * `withdrawn`: its claim went while it waited (the task was cancelled, say), or the process that landed it ended.
 */
export type LandingState = (typeof LANDING_STATES)[number];

/** Something that an attempt relied on, and that another landing has changed since. */
export interface Premise {
  path: string;
  /** The tasks whose landing changed it. */
  changedBy: string[];
  /** It had declared the path, or reported that it read it. */
  how: 'declared' | 'read';
}

/** The branch of a live session on its way onto another branch. */
export interface SessionBranch {
  branch: string;
  into: string;
  /** Who lands it, and the process that does. */
  agentId: string;
  owner: ProcessIdentity;
}

/** The way of finished work onto a branch: of an attempt onto its run's integration branch, or of a session's branch. */
export interface Landing {
  id: string;
  runId?: string;
  /** The task that it is the work of, and the attempt; a session's branch may be the work of none. */
  taskId?: string;
  attempt?: number;
  /** Set when it is a session's. */
  session?: SessionBranch;
  state: LandingState;
  /** The work, and what it began from of the branch that it goes onto. */
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

const selectLandings = (conditions: Sql[], limit?: number): Sql => sql`
  select * from landing where ${join([sql`true`, ...conditions], ' and ')} order by seq
  ${limit === undefined ? sql`` : sql`limit ${limit}`}`;

// In the words of the index of open landings: what has landed costs nothing then.
const IS_OPEN = sql`landing.state in ('queued', 'intended')`;

const selectOpenSeqs = (runId: string): Sql => sql`
  select seq from landing where run_id = ${runId} and ${IS_OPEN} order by seq`;

const selectLost = (runId: string): Sql => sql`
  select landing.* from landing join task on task.id = landing.task_id
   where landing.run_id = ${runId} and ${IS_OPEN} and landing.state = 'queued'
     and (task.attempt <> landing.attempt or task.state not in (${join([...CLAIMED_STATES])}))
   order by landing.seq`;

export interface LandingFilter {
  runId?: string;
  /** Only sessions' branches on their way onto this branch. */
  into?: string;
  /** Only sessions' branches. */
  ofSessions?: boolean;
  taskId?: string;
  attempt?: number;
  states?: readonly LandingState[];
  ids?: readonly string[];
  /** Only those that came into the queue no later than this one. */
  upToSeq?: number;
}

function isOpen(state: LandingState): boolean {
  return state === 'queued' || state === 'intended';
}

/** Landings in the order in which they came into the queue, at most so many. Default all. */
export async function findLandings(
  reader: Reader,
  filter: LandingFilter,
  limit?: number,
): Promise<Landing[]> {
  const conditions: Sql[] = [];
  if (filter.runId !== undefined) conditions.push(sql`run_id = ${filter.runId}`);
  if (filter.into !== undefined) conditions.push(sql`into_branch = ${filter.into}`);
  if (filter.ofSessions === true) conditions.push(sql`into_branch is not null`);
  if (filter.taskId !== undefined) conditions.push(sql`task_id = ${filter.taskId}`);
  if (filter.attempt !== undefined) conditions.push(sql`attempt = ${filter.attempt}`);
  if (filter.states !== undefined) {
    conditions.push(sql`state in (${join([...filter.states])})`);
    if (filter.states.every(isOpen)) conditions.push(IS_OPEN);
  }
  if (filter.ids !== undefined) conditions.push(sql`id in (${join([...filter.ids])})`);
  if (filter.upToSeq !== undefined) conditions.push(sql`seq <= ${filter.upToSeq}`);
  return (await reader.all(selectLandings(conditions, limit))).map(toLanding);
}

/** What has landed of a file, or of what is below a folder (`.` is everything): the newest, newest first. */
export async function landedAt(reader: Reader, path: string, newest: number): Promise<Landing[]> {
  const rows = await reader.all(sql`
    select * from landing
     where state = 'landed' and (${path} = '.' or exists (
       select 1 from json_each(landing.paths)
        where value = ${path} or instr(value, ${`${path}/`}) = 1))
     order by ended_ms desc, seq desc limit ${newest}`);
  return rows.map(toLanding);
}

/** What is in the queue of a run, by its numbers in the order in which it came. */
export async function openLandingSeqs(reader: Reader, runId: string): Promise<number[]> {
  return (await reader.all(selectOpenSeqs(runId))).map((row) => numberOf(row, 'seq'));
}

/** Landings that wait in the queue while their claim has gone. */
export async function findLost(reader: Reader, runId: string): Promise<Landing[]> {
  return (await reader.all(selectLost(runId))).map(toLanding);
}

/** The landing of the work of a task. */
export type TaskLanding = Landing & Claim;

export function isOfTask(landing: Landing): landing is TaskLanding {
  return landing.taskId !== undefined && landing.attempt !== undefined;
}

/** The queue that a site works off: that of its run, or that onto a branch. */
export function queueOf({ run, into }: Site): Pick<LandingFilter, 'runId' | 'into'> {
  return into === undefined ? { runId: run.id } : { into };
}

/** What landed work is called where others meet it. */
export function nameOf({ id, taskId, session }: Landing): string {
  return taskId ?? session?.branch ?? id;
}

function toLanding(row: Row): Landing {
  return defined({
    id: textOf(row, 'id'),
    runId: optionalText(row, 'run_id'),
    taskId: optionalText(row, 'task_id'),
    attempt: optionalNumber(row, 'attempt'),
    session: sessionIn(row),
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

function sessionIn(row: Row): SessionBranch | undefined {
  if (optionalText(row, 'into_branch') === undefined) return undefined;
  return {
    branch: textOf(row, 'branch'),
    into: textOf(row, 'into_branch'),
    agentId: textOf(row, 'agent_id'),
    owner: { pid: numberOf(row, 'owner_pid'), startedAt: textOf(row, 'owner_started_at') },
  };
}
