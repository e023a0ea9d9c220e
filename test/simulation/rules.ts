import { basename } from 'node:path';
import type { Event } from '../../src/event/index.js';
import { openDatabase, type Database, type Statement } from '../../src/store/sqlite/database.js';
import { CLAIMED_STATES, holdsClaim, type TaskState } from '../../src/task/index.js';
import { pathsOverlap } from '../../src/text/index.js';
import { Replay } from '../support/replay.js';
import { Broken } from './broken.js';
import type { ModelRules } from './git-rules.js';
import { LOOK, Looks, type LookedAt } from './looks.js';

/** A row of the sheet as SQLite gives it. */
export type Row = Record<string, string | number | null>;

/** An agent process that works on a claim. */
export interface AtWork {
  taskId: string;
  attempt: number;
}

// An agent's lock lasts ten minutes when nobody renews it, and the engine looks every half minute.
const LOCK_LEFT_MS = 11 * 60_000;

/** Which table an event tells of, by how its type begins. */
const TOLD_BY: Readonly<Record<string, LookedAt>> = {
  task: 'task',
  landing: 'landing',
  run: 'run',
  lock: 'openLock',
  agent: 'liveAgent',
};

/**
 * Looks at the sheet after each commit, on a connection of its own that sees what any other process would see, and
 * compares it with the log, with git and with the rules.
 */
export class Rules {
  private database: Database;
  private readonly statements = new Map<string, Statement>();
  private replay = new Replay();
  private looks = new Looks();
  /** The number of workers from an event on, newest last. */
  private workers: { seq: number; workers: number }[] = [];
  /** When a task was last given to a worker, by event. */
  private givenAt = new Map<string, number>();
  private endedClaims = new Map<string, number>();
  commits = 0;

  constructor(
    private readonly file: string,
    private readonly git: ModelRules | undefined,
    private readonly onBroken: (error: Error) => void,
  ) {
    this.database = openDatabase(file, { readOnly: true });
  }

  /** The sheet has gone back to what it was before: so has the log. */
  goBack(): void {
    this.database.close();
    this.statements.clear();
    this.database = openDatabase(this.file, { readOnly: true });
    this.replay = new Replay();
    this.looks = new Looks();
    this.workers = [];
    this.givenAt = new Map();
    this.endedClaims = new Map();
    this.guarded(() => this.readLog());
  }

  close(): void {
    this.database.close();
  }

  afterCommit(): void {
    this.commits += 1;
    this.guarded(() => {
      const news = this.readLog();
      this.compare(news);
      for (const event of news) this.checkEvent(event);
    });
  }

  /** A worker process begins; `atWork` has it too. */
  agentStarted(started: AtWork, atWork: readonly AtWork[]): void {
    this.guarded(() => {
      const since = this.givenAt.get(started.taskId) ?? 0;
      const before = this.workers.findLast((each) => each.seq <= since)?.workers ?? 0;
      const later = this.workers.filter((each) => each.seq > since).map((each) => each.workers);
      const most = Math.max(before, ...later);
      if (atWork.length > most)
        throw new Broken(`${atWork.length} agents work at once, with at most ${most} workers`);
      const twice = atWork.filter((each) => each.taskId === started.taskId);
      if (twice.length > 1) throw new Broken(`two agents work on ${started.taskId} at once`);
      for (const other of atWork) this.requireApart(started.taskId, other.taskId, 'are worked on at once');
      this.requireResources(started);
      this.requireRoom(atWork);
    });
  }

  landings(): { taskId: string; attempt: number; state: string; commit: string | null }[] {
    return this.all('select task_id, attempt, state, commit_id from landing').map((row) => ({
      taskId: String(row['task_id']),
      attempt: Number(row['attempt']),
      state: String(row['state']),
      commit: row['commit_id'] as string | null,
    }));
  }

  /** What no engine may leave behind when it has ended its run. */
  afterEngine(): void {
    this.guarded(() => {
      const open = this.all(
        `select lock.id, lock.task_id, lock.attempt from lock join task on task.id = lock.task_id
          where lock.ended_ms is null and lock.expires_ms > ${this.replay.at}
            and not (task.attempt = lock.attempt and task.state in (${CLAIMED_STATES.map((state) => `'${state}'`).join()}))`,
      );
      if (open.length > 0) throw new Broken(`locks of ended claims are left: ${JSON.stringify(open)}`);
    });
  }

  tasks(): Row[] {
    return this.all('select * from task order by seq');
  }

  workspaces(): Row[] {
    return this.all('select * from workspace');
  }

  run(): Row | undefined {
    return this.all('select * from run order by created_ms desc, id desc limit 1')[0];
  }

  log(): Row[] {
    return this.all('select * from event order by seq');
  }

  /** Whether a tree may land: its gate was green, or the run takes what it gets. */
  isProved(tree: string): boolean {
    const run = this.run();
    const { gate } = JSON.parse(String(run?.['options'] ?? '{}')) as { gate?: string };
    if (gate === undefined || run?.['base_gate'] === 'red') return true;
    const isFlakyRun = run?.['base_gate'] === 'flaky';
    return this.all(
      'select is_green, is_flaky from gate_evidence where tree = ? and gate = ?',
      tree,
      gate,
    ).some((row) => row['is_green'] === 1 && (isFlakyRun || row['is_flaky'] === 0));
  }

  private guarded(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private readLog(): Event[] {
    const rows = this.all('select * from event where seq > ? order by seq', this.replay.seq);
    const news = rows.map(toEvent);
    for (const event of news) {
      this.replay.apply(event);
      if (event.type === 'task.claimed' || event.type === 'task.resumed')
        this.givenAt.set(event.taskId ?? '', event.seq);
      if (event.type.startsWith('run.')) this.noteWorkers(event.seq);
    }
    return news;
  }

  private noteWorkers(seq: number): void {
    const run = this.run();
    if (run !== undefined) this.workers.push({ seq, workers: workersOf(run) });
  }

  /** Compares what has changed, in the sheet or by the log, since it was compared last. */
  private compare(news: Event[]): void {
    const isToCompare: Set<string> = this.looks.again(this.prepared(LOOK));
    for (const { type } of news) isToCompare.add(TOLD_BY[type.slice(0, type.indexOf('.'))] ?? '');
    if (isToCompare.has('task')) this.compareTasks();
    if (isToCompare.has('landing')) this.compareLandings();
    if (isToCompare.has('run')) this.compareRuns();
    if (isToCompare.has('openLock')) this.compareLocks();
    if (isToCompare.has('liveAgent')) this.compareAgents();
    this.checkOldLocks();
  }

  private compareTasks(): void {
    const rows = this.looks.rows('task');
    if (rows.length !== this.replay.tasks.size)
      throw new Broken(`${rows.length} tasks in the sheet, ${this.replay.tasks.size} in the log`);
    for (const [id, state, attempt, runId, claimedBy, landedAs, reason] of rows) {
      const told = this.replay.tasks.get(String(id));
      const live = { state, attempt, runId, claimedBy, landedAs, reason };
      for (const [name, value] of Object.entries(live)) {
        const inLog = told?.[name as keyof typeof told];
        if (inLog === (value ?? undefined)) continue;
        throw new Broken(
          `${String(id)}: ${name} is ${String(value)} in the sheet and ${String(inLog)} by the log, after event ${this.replay.seq}`,
        );
      }
    }
  }

  private compareLandings(): void {
    for (const [id, state, commit] of this.looks.rows('landing')) {
      const told = this.replay.landings.get(String(id));
      if (told?.state !== state || (commit !== null && told?.commit !== commit))
        throw new Broken(
          `landing ${String(id)} is ${String(state)} as ${String(commit)}, and ${JSON.stringify(told)} by the log`,
        );
    }
  }

  private compareRuns(): void {
    for (const [id, state, epoch] of this.looks.rows('run')) {
      const told = this.replay.runs.get(String(id));
      if (told?.state !== state || told?.epoch !== epoch)
        throw new Broken(
          `run ${String(id)} is ${String(state)}, epoch ${String(epoch)}, and ${JSON.stringify(told)} by the log`,
        );
    }
  }

  private compareLocks(): void {
    const { locks } = this.replay;
    const open = this.looks.rows('openLock');
    for (const [id, state] of open) {
      const told = locks.get(String(id));
      if (told !== state) throw new Broken(`lock ${String(id)} is ${String(state)}, and ${told} by the log`);
    }
    const openInLog = [...locks.values()].filter((state) => state === 'held' || state === 'queued').length;
    if (openInLog !== open.length)
      throw new Broken(`${open.length} locks are open in the sheet, ${openInLog} by the log`);
  }

  private compareAgents(): void {
    const { liveAgents } = this.replay;
    const agents = this.looks.rows('liveAgent').map(([id]) => String(id));
    if (agents.length !== liveAgents.size || !agents.every((id) => liveAgents.has(id)))
      throw new Broken(`live agents are ${agents.join()}, by the log ${[...liveAgents].join()}`);
  }

  private checkOldLocks(): void {
    for (const [id, , taskId, attempt] of this.looks.rows('openLock')) {
      if (taskId === null) continue;
      const task = this.replay.tasks.get(String(taskId));
      const isHeld = task?.attempt === attempt && holdsClaim(task?.state ?? 'ready');
      const key = String(id);
      if (isHeld) this.endedClaims.delete(key);
      else if (!this.endedClaims.has(key)) this.endedClaims.set(key, this.replay.at);
      else if (this.replay.at - (this.endedClaims.get(key) ?? 0) > LOCK_LEFT_MS)
        throw new Broken(`${key} is held for a claim of ${String(taskId)} that ended long ago`);
    }
  }

  private checkEvent(event: Event): void {
    const id = event.taskId ?? '';
    if (event.type === 'task.claimed') this.checkClaim(id);
    if (event.type === 'lock.granted') this.checkCapacities();
    if (event.type === 'landing.landed') this.git?.requireLanded(String(event.data['commit']), id);
    if (event.type === 'task.done') this.checkDone(id);
  }

  private checkClaim(id: string): void {
    const needs = this.all(
      `select task.id, task.state from task_dependency join task on task.id = needs_id
        where task_id = ? and task.state <> 'done'`,
      id,
    );
    if (needs.length > 0) throw new Broken(`${id} began before ${JSON.stringify(needs)}`);
    const under = this.all(
      "select id from task where state in ('running', 'review', 'landing') and id <> ?",
      id,
    );
    for (const other of under) this.requireApart(id, String(other['id']), 'are claimed at once');
  }

  private requireApart(one: string, other: string, how: string): void {
    if (one === other) return;
    const [first, second] = [this.filesOf(one), this.filesOf(other)];
    if (!first.isExclusive && !second.isExclusive) return;
    const mayMeet = first.files.length === 0 || second.files.length === 0;
    const meet = first.files.some((path) => second.files.some((pattern) => pathsOverlap(path, pattern)));
    if (mayMeet || meet) throw new Broken(`${one} and ${other} ${how}, and one of them is exclusive`);
  }

  private filesOf(id: string): { isExclusive: boolean; files: string[] } {
    const row = this.all('select exclusive, files from task where id = ?', id)[0];
    return { isExclusive: row?.['exclusive'] === 1, files: JSON.parse(String(row?.['files'])) as string[] };
  }

  private checkCapacities(): void {
    const used = this.all(
      `select value, count(*) as used, coalesce((select capacity from resource where name = value), 1) as capacity
         from lock_target join lock on lock.id = lock_id
        where live = 1 and kind = 'resource' and lock.state = 'held' group by value`,
    );
    const over = used.filter((row) => Number(row['used']) > Number(row['capacity']));
    if (over.length > 0) throw new Broken(`more is held than there is: ${JSON.stringify(over)}`);
  }

  private requireResources({ taskId, attempt }: AtWork): void {
    const row = this.all('select resources from task where id = ?', taskId)[0];
    const wanted = JSON.parse(String(row?.['resources'] ?? '[]')) as string[];
    const held = this.all(
      `select value from lock_target join lock on lock.id = lock_id
        where live = 1 and kind = 'resource' and lock.state = 'held' and task_id = ? and attempt = ?`,
      taskId,
      attempt,
    ).map((each) => each['value']);
    const missing = wanted.filter((name) => !held.includes(name));
    if (missing.length > 0) throw new Broken(`${taskId} is worked on without ${missing.join()}`);
  }

  /** What agents use that still run, whatever became of their claims. */
  private requireRoom(atWork: readonly AtWork[]): void {
    const used = new Map<string, number>();
    for (const { taskId } of atWork) {
      const row = this.all('select resources from task where id = ?', taskId)[0];
      for (const name of JSON.parse(String(row?.['resources'] ?? '[]')) as string[])
        used.set(name, (used.get(name) ?? 0) + 1);
    }
    for (const [name, count] of used) {
      const capacity = Number(
        this.all('select capacity from resource where name = ?', name)[0]?.['capacity'] ?? 1,
      );
      if (count > capacity) throw new Broken(`${count} agents use ${name}, of which there is ${capacity}`);
    }
  }

  private checkDone(id: string): void {
    const row = this.all('select kind, is_group, landed_as from task where id = ?', id)[0];
    if (row?.['is_group'] === 1 || (row?.['kind'] !== 'implement' && row?.['kind'] !== 'fix')) return;
    this.git?.requireLanded(String(row['landed_as']), id);
  }

  private all(statement: string, ...values: unknown[]): Row[] {
    return this.prepared(statement).all(...values) as Row[];
  }

  private prepared(statement: string): Statement {
    const known = this.statements.get(statement);
    if (known !== undefined) return known;
    const prepared = this.database.prepare(statement);
    this.statements.set(statement, prepared);
    return prepared;
  }
}

function toEvent(row: Row): Event {
  const optional = (name: string, column: string) => (row[column] === null ? {} : { [name]: row[column] });
  return {
    seq: Number(row['seq']),
    at: Number(row['at_ms']),
    type: String(row['type']),
    ...optional('runId', 'run_id'),
    ...optional('taskId', 'task_id'),
    ...optional('attempt', 'attempt'),
    ...optional('agentId', 'agent_id'),
    data: JSON.parse(String(row['data'])) as Record<string, unknown>,
  };
}

/** How many agents a run may have at once. */
export function workersOf(run: Row): number {
  return (JSON.parse(String(run['options'])) as { workers: number }).workers;
}

/** Why an ended run stands where it does: every task that is open waits for a person, and the run says so. */
export function requireReason(run: Row, tasks: Row[]): void {
  const state = String(run['state']);
  const stateOf = new Map(tasks.map((task) => [String(task['id']), task['state'] as TaskState]));
  // A group has no work of its own: one of whose tasks a part was cancelled keeps no run from its end.
  const open = tasks.filter(
    (task) => task['is_group'] !== 1 && !['done', 'cancelled'].includes(String(task['state'])),
  );
  if (state === 'finished') {
    if (open.length > 0) throw new Broken(`finished, but open: ${list(open)}`);
    return;
  }
  if (state !== 'failed' && state !== 'waiting') throw new Broken(`the run ended ${state}`);
  if (String(run['reason'] ?? '') === '') throw new Broken(`the run is ${state} and does not say why`);
  const hasNobody = String(run['reason']).includes('0 workers') && workersOf(run) === 0;
  const stray = open.filter((task) => {
    const own = task['state'] as TaskState;
    if (hasNobody && (own === 'ready' || own === 'running')) return false;
    if (['failed', 'blocked', 'paused'].includes(own)) return false;
    if (own === 'waiting')
      return ![...stateOf.values()].some((each) => each !== 'done' && each !== 'waiting');
    return task['assignee'] === null && !String(run['reason']).includes('`');
  });
  if (stray.length > 0) throw new Broken(`the run is ${state}, but nobody is waited for by: ${list(stray)}`);
}

function list(tasks: Row[]): string {
  return tasks.map((task) => `${basename(String(task['id']))} (${String(task['state'])})`).join(', ');
}
