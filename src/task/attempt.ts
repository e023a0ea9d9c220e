import {
  defined,
  numberOf,
  oneOf,
  optionalJson,
  optionalNumber,
  optionalText,
  textOf,
  type Reader,
  type Row,
  type Transaction,
} from '../store/index.js';
import { insertAttempt, selectAttempts, sumUsage, updateAttempt, type Columns } from './task.sql.js';
import type { Claim, TaskResult } from './task.js';

export const ATTEMPT_OUTCOMES = [
  'completed',
  'landed',
  'failed',
  'conflicted',
  'released',
  'interrupted',
  'lapsed',
  'cancelled',
] as const;
/** How an attempt ended. `completed` waits to land; `interrupted` was stopped from outside and costs no attempt. */
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export interface Attempt {
  taskId: string;
  attempt: number;
  agentId: string;
  startedAt: number;
  endedAt?: number;
  outcome?: AttemptOutcome;
  reason?: string;
  /** Where its branch began, and where it ended. */
  baseCommit?: string;
  headCommit?: string;
  branch?: string;
  workspace?: string;
  outputTail?: string;
  /** What the driver needs to find its session again. */
  resumeHandle?: string;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  model?: string;
  /** What its agent said when it was done. */
  result?: TaskResult;
}

export async function findAttempts(reader: Reader, taskId: string): Promise<Attempt[]> {
  return (await reader.all(selectAttempts(taskId))).map(toAttempt);
}

export async function findAttempt(reader: Reader, claim: Claim): Promise<Attempt | undefined> {
  return (await findAttempts(reader, claim.taskId)).find((each) => each.attempt === claim.attempt);
}

/** Whoever has worked on a task does not review it. */
export async function hasWorkedOn(reader: Reader, taskId: string, agentId: string): Promise<boolean> {
  return (await findAttempts(reader, taskId)).some((each) => each.agentId === agentId);
}

export async function openAttempt(tx: Transaction, claim: Claim, agentId: string): Promise<void> {
  await tx.run(insertAttempt({ ...claim, agentId, startedMs: tx.now }));
}

export interface AttemptFacts {
  baseCommit?: string;
  headCommit?: string;
  branch?: string;
  workspace?: string;
  outputTail?: string;
  resumeHandle?: string;
}

/** Records where an attempt works and what it printed last. */
export async function describeAttempt(tx: Transaction, claim: Claim, facts: AttemptFacts): Promise<void> {
  const columns: Columns = defined({
    base_commit: facts.baseCommit,
    head_commit: facts.headCommit,
    branch: facts.branch,
    workspace: facts.workspace,
    output_tail: facts.outputTail,
    resume_handle: facts.resumeHandle,
  });
  if (Object.keys(columns).length > 0) await tx.run(updateAttempt(claim, columns));
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  costUsd?: number;
  model?: string;
}

/** Adds what a model call used; reported by drivers as it happens. */
export async function addUsage(tx: Transaction, claim: Claim, before: Attempt, usage: Usage): Promise<void> {
  const columns: Columns = defined({
    input_tokens: before.inputTokens + usage.inputTokens,
    output_tokens: before.outputTokens + usage.outputTokens,
    cost_usd: before.costUsd + (usage.costUsd ?? 0),
    model: usage.model,
  });
  await tx.run(updateAttempt(claim, columns));
}

/** What all attempts of a run, or of the sheet, have used. */
export async function totalUsage(reader: Reader, runId?: string): Promise<Required<Omit<Usage, 'model'>>> {
  const row = (await reader.get(sumUsage(runId))) ?? {};
  return {
    inputTokens: numberOf(row, 'input_tokens'),
    outputTokens: numberOf(row, 'output_tokens'),
    costUsd: numberOf(row, 'cost_usd'),
  };
}

/** Ends an attempt once; `completed` may later become `landed`, `conflicted` or `failed`. */
export async function closeAttempt(
  tx: Transaction,
  claim: Claim,
  outcome: AttemptOutcome,
  reason?: string,
): Promise<void> {
  await tx.run(updateAttempt(claim, { outcome, reason: reason ?? null, ended_ms: tx.now }));
}

function toAttempt(row: Row): Attempt {
  return defined({
    taskId: textOf(row, 'task_id'),
    attempt: numberOf(row, 'attempt'),
    agentId: textOf(row, 'agent_id'),
    startedAt: numberOf(row, 'started_ms'),
    endedAt: optionalNumber(row, 'ended_ms'),
    outcome: row['outcome'] === null ? undefined : oneOf(row, 'outcome', ATTEMPT_OUTCOMES),
    reason: optionalText(row, 'reason'),
    baseCommit: optionalText(row, 'base_commit'),
    headCommit: optionalText(row, 'head_commit'),
    branch: optionalText(row, 'branch'),
    workspace: optionalText(row, 'workspace'),
    outputTail: optionalText(row, 'output_tail'),
    resumeHandle: optionalText(row, 'resume_handle'),
    inputTokens: numberOf(row, 'input_tokens'),
    outputTokens: numberOf(row, 'output_tokens'),
    costUsd: numberOf(row, 'cost_usd'),
    model: optionalText(row, 'model'),
    result: optionalJson(row, 'result') as TaskResult | undefined,
  });
}
