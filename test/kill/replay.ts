import type { DatabaseSyncInstance } from '@photostructure/sqlite';

type Data = Record<string, unknown>;
type Row = Record<string, unknown>;

/** What the log says of tasks, landings and runs, and the sheet has in its tables, by table and id. */
export type Records = Record<string, Row>;

interface LoggedEvent {
  type: string;
  runId: string | null;
  taskId: string | null;
  attempt: number | null;
  agentId: string | null;
  data: Data;
}

/** Rebuilds tasks, landings and runs from nothing but the log. */
export function replayed(sheet: DatabaseSyncInstance): Records {
  const records: Records = {};
  for (const row of sheet.prepare('select * from event order by seq').all() as Row[]) {
    const event = {
      type: row['type'],
      runId: row['run_id'],
      taskId: row['task_id'],
      attempt: row['attempt'],
      agentId: row['agent_id'],
      data: JSON.parse(String(row['data'])) as Data,
    } as LoggedEvent;
    const [record] = event.type.split('.');
    if (record === 'task') replayTask(records, event);
    else if (record === 'landing') replayLanding(records, event);
    else if (record === 'run') replayRun(records, event);
  }
  return records;
}

/** The same of the tables as they are. */
export function live(sheet: DatabaseSyncInstance): Records {
  const records: Records = {};
  const tasks = sheet.prepare(
    'select id, run_id, state, attempt, claimed_by, reason, result, landed_as, failures from task',
  );
  for (const row of tasks.all() as Row[])
    records[`task ${String(row['id'])}`] = plain({ ...row, result: parsed(row['result']) });
  const landings = sheet.prepare(
    `select id, run_id, task_id, attempt, state, head_commit, paths, expected_old, commit_id, tree, evidence_id, premises, reason from landing`,
  );
  for (const row of landings.all() as Row[])
    records[`landing ${String(row['id'])}`] = plain({
      ...row,
      paths: parsed(row['paths']),
      premises: parsed(row['premises']),
    });
  const runs = sheet.prepare(
    'select id, state, reason, epoch, goal, approach, base_commit, base_gate, landed_into from run',
  );
  for (const row of runs.all() as Row[]) records[`run ${String(row['id'])}`] = plain(row);
  return records;
}

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : null;
}

/** Without what is not there, so that "nothing" has one form. */
function plain(row: Row): Row {
  const kept = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return JSON.parse(JSON.stringify(Object.fromEntries(kept))) as Row;
}

const HOLDING = ['running', 'paused', 'blocked', 'review', 'landing'];
/** An attempt has ended, and what it had said of its work with it. */
const ENDS_RESULT = ['failed', 'attempt-failed', 'interrupted', 'released', 'lapsed', 'reopened'];

function replayTask(records: Records, { type, runId, taskId, attempt, agentId, data }: LoggedEvent): void {
  const key = `task ${taskId ?? ''}`;
  const change = type.slice('task.'.length);
  if (change === 'created') {
    const { state, result } = data['task'] as Data;
    records[key] = plain({ id: taskId, run_id: runId, state, result, attempt: 0, failures: 0 });
    return;
  }
  const task: Row = { ...records[key], run_id: runId };
  if (change === 'completed') task['result'] = data['result'];
  else if (typeof data['state'] === 'string' && change !== 'progress') {
    task['state'] = data['state'];
    task['reason'] = data['reason'];
    if (attempt !== null) task['attempt'] = attempt;
    task['claimed_by'] = HOLDING.includes(data['state']) ? agentId : null;
    task['landed_as'] = data['landedAs'];
    if (data['failures'] !== undefined) task['failures'] = data['failures'];
    if (data['result'] !== undefined) task['result'] = data['result'];
    if (ENDS_RESULT.includes(change)) task['result'] = null;
    if (change === 'reopened') task['failures'] = 0;
  }
  records[key] = plain(task);
}

function replayLanding(records: Records, { type, runId, taskId, attempt, data }: LoggedEvent): void {
  const key = `landing ${String(data['id'])}`;
  const state = type.slice('landing.'.length);
  const identity = { id: data['id'], run_id: runId, task_id: taskId, attempt, state };
  const before = records[key] ?? { premises: [] };
  const named = {
    head_commit: data['headCommit'] ?? before['head_commit'],
    paths: data['paths'] ?? before['paths'],
  };
  const proof = { expected_old: data['expectedOld'], commit_id: data['commit'], tree: data['tree'] };
  if (state === 'queued') records[key] = plain({ ...identity, ...named, premises: [] });
  else if (state === 'intended')
    records[key] = plain({
      ...identity,
      ...named,
      ...proof,
      evidence_id: data['evidenceId'],
      premises: data['premises'],
    });
  else if (state === 'landed') records[key] = plain({ ...before, ...identity, ...named, ...proof });
  else
    records[key] = plain({
      ...before,
      ...identity,
      ...named,
      reason: data['reason'],
      premises: data['premises'] ?? [],
      evidence_id: data['evidenceId'],
    });
}

function replayRun(records: Records, { type, runId, data }: LoggedEvent): void {
  const key = `run ${runId ?? ''}`;
  const run: Row = { ...records[key], id: runId };
  if (type === 'run.created')
    Object.assign(run, {
      epoch: 0,
      goal: data['goal'],
      approach: data['approach'],
      base_commit: data['baseCommit'],
      base_gate: data['baseGate'],
    });
  if (type === 'run.landed-into') run['landed_into'] = data['branch'];
  if (typeof data['state'] === 'string') {
    run['state'] = data['state'];
    run['reason'] = data['reason'];
    if (data['epoch'] !== undefined) run['epoch'] = data['epoch'];
  }
  records[key] = plain(run);
}
