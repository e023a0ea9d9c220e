import { findAgent } from '../agent/index.js';
import { findConflicts, type Conflict } from '../conflict/index.js';
import { findEvidence, saidOfCause, type Evidence } from '../gate/index.js';
import { findLandings, type Landing } from '../landing/index.js';
import { integrationBranch, type Run } from '../run/index.js';
import { defined, type Reader } from '../store/index.js';
import { openQuestions } from '../message/index.js';
import { CLAIMED_STATES, findAttempts, findTasks, type Attempt, type Task } from '../task/index.js';
import { workspacesOfRun } from '../workspace/index.js';

/** What a run came to, task by task; the same facts behind the screen, Markdown and JSON. */
export interface Report {
  run: string;
  state: Run['state'];
  goal?: string;
  reason?: string;
  baseBranch: string;
  baseCommit: string;
  /** How the gate was on the base. */
  baseGate: Run['baseGate'];
  integrationBranch: string;
  landedInto?: string;
  startedAt: string;
  endedAt?: string;
  elapsedMs: number;
  costUsd: number;
  tasks: ReportedTask[];
  conflicts: { task: string; with: string[]; paths: string[]; state: string; resolution?: string }[];
  /** Workspaces that are still there, and why. */
  workspaces: { path: string; task?: string; why: string }[];
  /** What to do next, as commands. */
  next: NextStep[];
}

export interface NextStep {
  what: string;
  command: string;
}

export interface ReportedTask {
  id: string;
  title: string;
  state: Task['state'];
  summary?: string;
  reason?: string;
  commit?: string;
  /** What it changed. */
  paths: string[];
  /** From its first claim to its end, or worked on it so far, in milliseconds. */
  ms?: number;
  /** The evidence for its last landing: the newest test of the tree that was or would have been landed. */
  gate?: {
    command: string;
    green: boolean;
    flaky: boolean;
    exitCode?: number;
    tree: string;
    ms: number;
    log?: string;
    /** What most likely made it red, in words. */
    likely?: string;
  };
  /** What it had declared or read, and others changed before it landed. */
  premises: { path: string; changedBy: string[] }[];
  attempts: { attempt: number; agent: string; outcome: string; reason?: string; ms: number }[];
}

export async function reportOn(reader: Reader, run: Run, nowMs: number): Promise<Report> {
  const tasks = (await findTasks(reader, { runId: run.id })).filter((task) => !task.isGroup);
  const landings = await findLandings(reader, { runId: run.id });
  const reported: ReportedTask[] = [];
  let costUsd = 0;
  for (const task of tasks) {
    const attempts = await findAttempts(reader, task.id);
    costUsd += attempts.reduce((sum, each) => sum + each.costUsd, 0);
    const landing = landings.findLast((each) => each.taskId === task.id);
    const evidence =
      landing?.evidenceId === undefined ? undefined : await findEvidence(reader, landing.evidenceId);
    reported.push(await reportedTask(reader, task, attempts, landing, evidence, nowMs));
  }
  const conflicts = await findConflicts(reader, { runId: run.id });
  const facts = {
    run: run.id,
    state: run.state,
    baseBranch: run.baseBranch,
    baseCommit: run.baseCommit,
    baseGate: run.baseGate,
    integrationBranch: integrationBranch(run.id),
    startedAt: new Date(run.createdAt).toISOString(),
    elapsedMs: (run.endedAt ?? nowMs) - run.createdAt,
    costUsd,
    tasks: reported,
    conflicts: conflicts.map(reportedConflict),
    workspaces: await leftWorkspaces(reader, run),
    ...(run.goal === undefined ? {} : { goal: run.goal }),
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    ...(run.landedInto === undefined ? {} : { landedInto: run.landedInto }),
    ...(run.endedAt === undefined ? {} : { endedAt: new Date(run.endedAt).toISOString() }),
  };
  const questions = (await openQuestions(reader, { runId: run.id })).map((each) => each.id);
  return { ...facts, next: nextSteps(facts, run.options.into, questions) };
}

function nextSteps(report: Omit<Report, 'next'>, into: string | undefined, questions: string[]): NextStep[] {
  const { run, state, tasks, baseBranch, landedInto, integrationBranch: branch } = report;
  const steps: NextStep[] = [];
  if (landedInto !== undefined && state === 'finished') return steps;
  for (const id of questions) steps.push({ what: `Answer ${id}`, command: `callsheet answer ${id} "…"` });
  for (const { id, state: how } of tasks) {
    if (how === 'failed') steps.push({ what: `Try ${id} again`, command: `callsheet task retry ${id}` });
  }
  if (state !== 'finished' && state !== 'running')
    steps.push({ what: 'Carry on', command: `callsheet resume ${run}` });
  if (tasks.every((task) => task.commit === undefined)) return steps;
  steps.push({ what: 'See the work', command: `git log --first-parent ${branch}` });
  steps.push({ what: 'Take it over', command: `callsheet land ${run} --into ${into ?? baseBranch}` });
  return steps;
}

async function reportedTask(
  reader: Reader,
  task: Task,
  attempts: Attempt[],
  landing: Landing | undefined,
  evidence: Evidence | undefined,
  nowMs: number,
): Promise<ReportedTask> {
  const { id, title, state } = task;
  const told = await Promise.all(attempts.map((each) => reportedAttempt(reader, each, nowMs)));
  return {
    id,
    title,
    state,
    paths: landing?.paths ?? [],
    premises: (landing?.premises ?? []).map(({ path, changedBy }) => ({ path, changedBy })),
    attempts: told,
    ...(task.result === undefined ? {} : { summary: task.result.summary }),
    ...(task.reason === undefined ? {} : { reason: task.reason }),
    ...(task.landedAs === undefined ? {} : { commit: task.landedAs }),
    ...(task.startedAt === undefined ? {} : { ms: timeOf(task, told) }),
    ...(evidence === undefined ? {} : { gate: reportedGate(evidence) }),
  };
}

/** Until its end with all that it waited for; before that the time that was worked on it. */
function timeOf({ startedAt, endedAt }: Task, attempts: ReportedTask['attempts']): number {
  if (startedAt !== undefined && endedAt !== undefined) return endedAt - startedAt;
  return attempts.reduce((sum, each) => sum + each.ms, 0);
}

function reportedGate({
  gate,
  isGreen,
  isFlaky,
  exitCode,
  tree,
  durationMs,
  logFile,
  likely,
}: Evidence): NonNullable<ReportedTask['gate']> {
  return {
    ...{ command: gate, green: isGreen, flaky: isFlaky, tree, ms: durationMs },
    ...defined({ exitCode, log: logFile, likely: likely === undefined ? undefined : saidOfCause(likely) }),
  };
}

async function reportedAttempt(
  reader: Reader,
  each: Attempt,
  nowMs: number,
): Promise<ReportedTask['attempts'][number]> {
  const agent = (await findAgent(reader, each.agentId))?.name ?? each.agentId;
  return {
    attempt: each.attempt,
    agent,
    outcome: each.outcome ?? 'running',
    ms: (each.endedAt ?? nowMs) - each.startedAt,
    ...(each.reason === undefined ? {} : { reason: each.reason }),
  };
}

function reportedConflict(conflict: Conflict): Report['conflicts'][number] {
  const { taskId: task, otherTaskIds, paths, state, resolution } = conflict;
  return { task, with: otherTaskIds, paths, state, ...(resolution === undefined ? {} : { resolution }) };
}

async function leftWorkspaces(reader: Reader, run: Run): Promise<Report['workspaces']> {
  const workspaces = await workspacesOfRun(reader, run.id);
  const held = await findTasks(reader, { runId: run.id, states: CLAIMED_STATES });
  const isHeld = (taskId: string | undefined): boolean => held.some((task) => task.id === taskId);
  return workspaces
    .filter((each) => each.kind === 'worker')
    .map(({ path, taskId, kept }) => ({
      path,
      why: kept ?? (isHeld(taskId) ? 'its task is under way' : 'its task did not land'),
      ...(taskId === undefined ? {} : { task: taskId }),
    }));
}
