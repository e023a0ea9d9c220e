import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { missingAcknowledged } from './acknowledged.js';
import { live, replayed } from './replay.js';
import type { Place } from './given-place.js';
import type { Outcome } from './kill-and-resume.js';
import type { Scenario } from './scenario.js';

/** Everything that must be true when a killed run has been resumed to its end. */
export async function proveAll(place: Place, scenario: Scenario, outcome: Outcome): Promise<void> {
  const { last, report } = outcome;
  expect(last.code, `${last.stderr}\n${last.stdout.slice(-3_000)}`).toBe(0);
  expect(report?.tasks.filter((task) => task.state !== 'done')).toEqual([]);
  proveLandings(place);
  if (scenario.landDeath === undefined) expect(place.touched(), 'what is none of its business').toEqual([]);
  else proveLanded(place);
  proveLog(place, outcome);
  proveQuick(outcome);
  proveNothingLeft(place);
  await proveNoByteLost(place);
}

function proveLandings(place: Place): void {
  const trailers = '%(trailers:key=Callsheet-Task,valueonly,separator=)';
  const range = [`${place.base}..callsheet/run-1/main`];
  const landed = place
    .git('log', '--first-parent', `--format=${trailers}`, ...range)
    .split('\n')
    .sort();
  const ids = Array.from({ length: 12 }, (_, index) => `t${String(index + 1).padStart(2, '0')}`);
  expect(landed, 'every task has landed exactly once').toEqual(ids);
  expect(place.git('fsck', '--no-dangling', '--no-progress'), 'git fsck').toBe('');
}

/** The person's branch has the run's work, and the checkout what it had besides. */
function proveLanded(place: Place): void {
  expect(place.git('rev-parse', 'main')).toBe(place.git('rev-parse', 'callsheet/run-1/main'));
  expect(place.git('status', '--porcelain').split('\n').sort()).toEqual([' M a.txt', '?? scribble.txt']);
  expect(place.touched().filter((line) => !place.isOfCheckout(line))).toEqual([]);
}

function proveLog(place: Place, { shown, forgotten }: Outcome): void {
  const missing = [...missingAcknowledged(place)].filter(([number]) => !forgotten.has(number));
  expect(missing, 'commands that were acknowledged and are gone').toEqual([]);
  place.look((sheet) => {
    expect(sheet.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(sheet.prepare('pragma foreign_key_check').all()).toEqual([]);
    const events = sheet.prepare('select seq, type, task_id, attempt from event order by seq').all();
    expect(events.map((each) => each['seq'])).toEqual(events.map((_, index) => index + 1));
    const told = [...shown.values()].map(
      ({ seq, type, task, attempt }) => `${seq} ${type} ${task} ${attempt}`,
    );
    const known = new Set(
      events.map(
        (each) =>
          `${each['seq']} ${each['type']} ${each['task_id'] ?? undefined} ${each['attempt'] ?? undefined}`,
      ),
    );
    expect(
      told.filter((line) => !known.has(line)),
      'events that were shown and are gone',
    ).toEqual([]);
    expect(replayed(sheet), 'the log replays to what the tables hold').toEqual(live(sheet));
    expect(sheet.prepare("select id from lock where state in ('held', 'queued')").all(), 'locks').toEqual([]);
    expect(sheet.prepare('select path, kept from workspace').all(), 'workspaces in the sheet').toEqual([]);
  });
}

const LONGEST_RECOVERY_MS = 2_000;

/** By what it takes of a processor: how long it waits for one is up to whoever else is at work. */
function proveQuick({ recoveries }: Outcome): void {
  const slow = recoveries.filter((each) => each.cpuMs > LONGEST_RECOVERY_MS);
  expect(slow, 'recoveries of more than 2 s').toEqual([]);
}

function proveNothingLeft(place: Place): void {
  expect(place.processes().map(commandOf), 'processes').toEqual([]);
  expect(place.worktrees(), 'worktrees').toEqual([]);
  expect(place.refs('refs/heads')).toEqual(['refs/heads/callsheet/run-1/main', 'refs/heads/main']);
  expect(place.refs('refs/callsheet/landing')).toEqual([]);
  expect(
    filesBelow(join(place.root, '.git'), (name) => name.includes('.lock')),
    'locks of git',
  ).toEqual([]);
  expect(
    filesBelow(join(place.root, '.git/callsheet/tmp'), () => true),
    'temporary files',
  ).toEqual([]);
  expect(existsSync(`${place.root}.callsheet`), 'the folder of the workspaces').toBe(false);
}

function commandOf(pid: number): string {
  return spawnSync('ps', ['-o', 'pid=,args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

function filesBelow(folder: string, isWanted: (name: string) => boolean): string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((each) => each.isFile() && isWanted(each.name))
    .map((each) => join(each.parentPath, each.name));
}

/** Each line of which an agent has said that it stands in a file is in the run's work, or in a snapshot that `undo` lists. */
async function proveNoByteLost(place: Place): Promise<void> {
  const listed = await place.start(['undo', '--json'], place.env).ended;
  const { snapshots } = JSON.parse(listed.stdout) as {
    snapshots: { ref: string; commit: string; leftOut: unknown[] }[];
  };
  const starts = ['callsheet/run-1/main', ...snapshots.map((each) => each.commit)];
  const objects = place.git('rev-list', '--objects', '--no-object-names', ...new Set(starts));
  const content = spawnSync('git', ['cat-file', '--batch'], {
    cwd: place.root,
    input: `${objects}\n`,
    maxBuffer: 2 ** 28,
  }).stdout.toString('latin1');
  const kept = new Set(content.match(/token t\d+\.\d+\.\w+\.\d+/g));
  const lost = place.lines('tokens').filter((token) => !kept.has(token));
  expect(lost, 'what agents had written and nobody can bring back').toEqual([]);
}
