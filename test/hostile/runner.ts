import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Ended } from '../support/command.js';
import type { HostilePlace } from './given-hostile-place.js';
import type { Acceptance, Refusal, Row } from './row.js';

// Everything that a person reads must be without these: terminal escapes and other control characters, and what
// reorders or hides text.
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
const STACK = /^\s+at .*[:(]\d+:\d+\)?$|node:internal|Unhandled/m;
// A plan with 200 mistakes.
const LONGEST_REFUSAL = 50_000;

/** How often each row is given: as text and with `--json`, in this process and, for some, in one of its own. */
export async function expectRow(place: HostilePlace, row: Row): Promise<void> {
  await place.renew(row.given);
  if (row.accepted !== undefined) place.spoil();
  const args = row.args.map(place.fill);
  const env = {
    ...Object.fromEntries(Object.entries(row.env ?? {}).map(([name, value]) => [name, place.fill(value)])),
    ...(row.as === undefined ? {} : { CALLSHEET_TOKEN: place.tokens[row.as] }),
  };
  const ways = [
    ...(row.processOnly === true ? [] : [place.call]),
    ...(row.process === true || row.processOnly === true ? [place.start] : []),
  ];
  for (const way of ways) {
    if (row.refused !== undefined)
      await expectRefused(place, row.refused, (json) => way(json ? ['--json', ...args] : args, env));
    if (row.accepted !== undefined)
      await expectAccepted(place, row.accepted, await way(['--json', ...args], env));
  }
  if (row.given?.brokenBy !== undefined) rmSync(join(place.root, row.given.brokenBy));
  await expectAlive(place);
}

async function expectRefused(
  place: HostilePlace,
  { code, exit, names }: Refusal,
  give: (json: boolean) => Promise<Ended>,
): Promise<void> {
  const before = place.manifest();
  const plain = await give(false);
  expect(plain.stderr).toContain(`error ${code}: `);
  expect(plain.stderr).toContain(place.fill(names));
  expect(plain.stderr).toMatch(/^hint: \S/m);
  expect(plain.code).toBe(exit);
  expectClean(plain.stderr);
  expectClean(plain.stdout);
  expect(plain.stderr.length).toBeLessThan(LONGEST_REFUSAL);
  const json = await give(true);
  expect(json.code).toBe(exit);
  expect(['', 'null\n', ...startOf(json.stdout)]).toContain(json.stdout);
  const { error } = JSON.parse(json.stderr) as { error: { code: string; message: string; hint: string } };
  expect(error.code).toBe(code);
  expect(error.message).toContain(place.fill(names));
  expect(error.hint).toMatch(/\S/);
  expectClean(json.stderr);
  expect(place.manifest()).toEqual(before);
}

/** A stream has begun before it is refused: its lines are JSON. */
function startOf(stdout: string): string[] {
  for (const line of stdout.split('\n')) if (line !== '') JSON.parse(line);
  return [stdout];
}

const VIEWS = [
  ['status'],
  ['task', 'list', '--all'],
  ['log'],
  ['report'],
  ['report', '--markdown'],
  ['inbox', '--all'],
  ['note', 'list'],
  ['lock', 'list'],
  ['undo'],
  ['watch', 'run-1'],
  ['sql', 'select * from tasks'],
];

async function expectAccepted(
  place: HostilePlace,
  { keeps, never }: Acceptance,
  ended: Ended,
): Promise<void> {
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  for (const line of ended.stdout.trimEnd().split('\n')) JSON.parse(line);
  if (keeps !== undefined) expect(ended.stdout).toContain(JSON.stringify(place.fill(keeps)).slice(1, -1));
  // What only asks or was told what to ignore has put nothing into the sheet that could be shown.
  if (never === undefined) return;
  const tasks = JSON.parse((await place.call(['task', 'list', '--all', '--json'])).stdout) as {
    tasks: { id: string }[];
  };
  const views = [
    ...VIEWS,
    ...tasks.tasks.flatMap(({ id }) => [
      ['task', 'show', id],
      ['task', 'log', id],
    ]),
  ];
  for (const view of views) {
    const { stdout, stderr } = await place.call(view);
    expectClean(stdout);
    expectClean(stderr);
    for (const text of never) expect(stdout).not.toContain(place.fill(text));
    const json = await place.call(['--json', ...view]);
    for (const line of json.stdout.trimEnd().split('\n')) if (line !== '') JSON.parse(line);
    expect(UNSAFE.exec(json.stdout.replaceAll('\n', ''))).toBeNull();
  }
}

export function expectClean(text: string): void {
  expect(UNSAFE.exec(text)?.[0]).toBeUndefined();
  expect(text).not.toMatch(STACK);
}

/** Nothing hostile ran, and the sheet is as whole as it was. */
export async function expectAlive(place: HostilePlace): Promise<void> {
  expect(place.manifest().filter((line) => line.includes('CANARY'))).toEqual([]);
  expect(place.integrity()).toEqual([{ integrity_check: 'ok' }]);
  expect(await place.call(['status', '--json'])).toMatchObject({ code: 0, stderr: '' });
}
