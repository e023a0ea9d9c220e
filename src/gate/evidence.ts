import { appendEvent } from '../event/index.js';
import {
  booleanOf,
  defined,
  numberOf,
  optionalJson,
  optionalNumber,
  optionalText,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';
import type { LikelyCause } from './likely-cause.js';

/** What a run of a gate showed: the exit code of a command on one tree with certain prepared inputs. */
export interface Evidence {
  id: string;
  runId?: string;
  /** The tree tested. */
  tree: string;
  gate: string;
  /** Hash of what prepared the workspace (setup, its inputs, env, copied files). */
  inputs: string;
  isGreen: boolean;
  exitCode?: number;
  timedOut: boolean;
  /** It changed tracked files, or what is checked out: then it proves nothing. */
  wroteTree: boolean;
  /** It was not run, because its workspace could not be prepared: the output is that of the setup command. */
  setupFailed: boolean;
  /** Red first and green when run once more on the same tree. */
  isFlaky: boolean;
  durationMs: number;
  outputTail: string;
  logFile?: string;
  /** What most likely made it red. */
  likely?: LikelyCause;
  at: number;
}

export const evidenceSchema = `
create table gate_evidence (
  id           text primary key,
  run_id       text,
  tree         text not null,
  gate         text not null,
  inputs       text not null,
  is_green     integer not null check (is_green in (0, 1)),
  exit_code    integer,
  timed_out    integer not null check (timed_out in (0, 1)),
  wrote_tree   integer not null check (wrote_tree in (0, 1)),
  setup_failed integer not null check (setup_failed in (0, 1)),
  is_flaky     integer not null check (is_flaky in (0, 1)),
  duration_ms  integer not null,
  output_tail  text not null,
  log_file     text,
  at_ms        integer not null
) strict;
create index gate_evidence_by_tree on gate_evidence (tree, gate, inputs, at_ms);

create view gates as
  select id, run_id as run, tree, gate, inputs, is_green, exit_code, timed_out, wrote_tree, setup_failed, is_flaky,
         duration_ms, output_tail, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') as at
    from gate_evidence order by at_ms;
`;

/** What most likely made a gate red, for SQLite. */
export const gateCauseSchema = `
alter table gate_evidence add column likely text check (likely is null or json_valid(likely));
`;

const insertEvidence = (each: Evidence): Sql => sql`
  insert into gate_evidence (id, run_id, tree, gate, inputs, is_green, exit_code, timed_out, wrote_tree, setup_failed,
                             is_flaky, duration_ms, output_tail, log_file, likely, at_ms)
  values (${each.id}, ${each.runId ?? null}, ${each.tree}, ${each.gate}, ${each.inputs}, ${each.isGreen},
          ${each.exitCode ?? null}, ${each.timedOut}, ${each.wroteTree}, ${each.setupFailed}, ${each.isFlaky},
          ${each.durationMs}, ${each.outputTail}, ${each.logFile ?? null},
          ${each.likely === undefined ? null : JSON.stringify(each.likely)}, ${each.at})`;

const selectGreen = (tree: string, gate: string, inputs: string): Sql => sql`
  select * from gate_evidence
   where tree = ${tree} and gate = ${gate} and inputs = ${inputs} and is_green = 1 and is_flaky = 0
   order by at_ms desc limit 1`;

export async function recordEvidence(tx: Transaction, seen: Omit<Evidence, 'id' | 'at'>): Promise<Evidence> {
  const evidence: Evidence = { ...seen, id: await tx.nextId('gate'), at: tx.now };
  await tx.run(insertEvidence(evidence));
  const { id, tree, gate, isGreen, isFlaky, exitCode, durationMs, timedOut, wroteTree, setupFailed } =
    evidence;
  await appendEvent(tx, {
    type: isGreen ? 'gate.green' : 'gate.red',
    ...defined({ runId: seen.runId }),
    data: {
      id,
      tree,
      gate,
      isGreen,
      isFlaky,
      durationMs,
      timedOut,
      wroteTree,
      setupFailed,
      ...defined({ exitCode, likely: evidence.likely }),
    },
  });
  return evidence;
}

/** A green run of this gate on this tree with these inputs, when there has been one that was not flaky. */
export async function greenEvidence(
  reader: Reader,
  tree: string,
  gate: string,
  inputs: string,
): Promise<Evidence | undefined> {
  const row = await reader.get(selectGreen(tree, gate, inputs));
  return row === undefined ? undefined : toEvidence(row);
}

/** Whether a gate has been green on a tree, whatever had prepared it. */
export async function wasGreen(reader: Reader, tree: string, gate: string): Promise<boolean> {
  const row = await reader.get(sql`
    select 1 from gate_evidence where tree = ${tree} and gate = ${gate} and is_green = 1 and is_flaky = 0 limit 1`);
  return row !== undefined;
}

/** When a gate outside of runs was last green (Unix milliseconds). */
export async function lastGreenByHand(reader: Reader, gate: string): Promise<number | undefined> {
  const row = await reader.get(sql`
    select max(at_ms) as at_ms from gate_evidence where run_id is null and gate = ${gate} and is_green = 1 and is_flaky = 0`);
  return row === undefined ? undefined : optionalNumber(row, 'at_ms');
}

export async function findEvidence(reader: Reader, id: string): Promise<Evidence | undefined> {
  const row = await reader.get(sql`select * from gate_evidence where id = ${id}`);
  return row === undefined ? undefined : toEvidence(row);
}

/** How long the newest gate of a run took, in milliseconds. */
export async function newestGateMs(reader: Reader, runId: string): Promise<number | undefined> {
  const row = await reader.get(
    sql`select duration_ms from gate_evidence where run_id = ${runId} order by at_ms desc limit 1`,
  );
  return row === undefined ? undefined : numberOf(row, 'duration_ms');
}

function toEvidence(row: Row): Evidence {
  return defined({
    id: textOf(row, 'id'),
    runId: optionalText(row, 'run_id'),
    tree: textOf(row, 'tree'),
    gate: textOf(row, 'gate'),
    inputs: textOf(row, 'inputs'),
    isGreen: booleanOf(row, 'is_green'),
    exitCode: optionalNumber(row, 'exit_code'),
    timedOut: booleanOf(row, 'timed_out'),
    wroteTree: booleanOf(row, 'wrote_tree'),
    setupFailed: booleanOf(row, 'setup_failed'),
    isFlaky: booleanOf(row, 'is_flaky'),
    durationMs: numberOf(row, 'duration_ms'),
    outputTail: textOf(row, 'output_tail'),
    logFile: optionalText(row, 'log_file'),
    likely: optionalJson(row, 'likely') as LikelyCause | undefined,
    at: numberOf(row, 'at_ms'),
  });
}
