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

/** Gives a row's command, and looks at all that must hold afterwards. */
export async function expectRow(place: HostilePlace, row: Row): Promise<void> {
  await place.renew(row.given);
  if (row.accepted !== undefined) place.spoil();
  const { args, env } = filled(place, row);
  const { refused, accepted } = row;
  const outside = place.manifestOutside();
  if (row.processOnly !== true) {
    // Once is enough where it costs processes: the error is made before it is printed.
    if (refused !== undefined && !isCostly(row))
      await unchanged(place, async () => expectRefused(place, refused, await place.call(args, env)));
    const json = ['--json', ...args];
    if (refused !== undefined)
      await unchanged(place, async () => expectRefusedAsJson(place, refused, await place.call(json, env)));
    if (accepted !== undefined) expectAccepted(place, accepted, await place.call(json, env));
  }
  if (row.process === true || row.processOnly === true) {
    if (refused !== undefined)
      await unchanged(place, async () => expectRefused(place, refused, await place.start(args, env)));
    if (accepted !== undefined) expectAccepted(place, accepted, await place.start(['--json', ...args], env));
  }
  expect(place.manifestOutside()).toEqual(outside);
  if (row.given?.brokenBy !== undefined) rmSync(join(place.root, row.given.brokenBy), { recursive: true });
  await expectAlive(place);
}

/** Gives the command of a row that is legal data, on top of all that was given before. */
export async function expectKept(place: HostilePlace, row: Row): Promise<void> {
  place.spoil();
  place.add(row.given ?? {});
  const outside = place.manifestOutside();
  const { args, env } = filled(place, row);
  const give = row.process === true ? place.start : place.call;
  expectAccepted(place, row.accepted ?? {}, await give(['--json', ...args], env));
  expect(place.manifestOutside()).toEqual(outside);
}

/** Whether a row starts many processes: git looks at the repository, or the command is one itself. */
export function isCostly({ args, given, processOnly }: Row): boolean {
  const word = args.find((each) => !each.startsWith('-')) ?? '';
  return processOnly === true || given?.gitConfig !== undefined || ['run', 'land', 'sql'].includes(word);
}

function filled(place: HostilePlace, row: Row) {
  const env = Object.entries(row.env ?? {}).map(([name, value]) => [name, place.fill(value)] as const);
  return {
    args: row.args.map(place.fill),
    env: {
      ...Object.fromEntries(env),
      ...(row.as === undefined ? {} : { CALLSHEET_TOKEN: place.tokens[row.as] }),
    },
  };
}

async function unchanged(place: HostilePlace, work: () => Promise<void>): Promise<void> {
  const before = place.manifest();
  await work();
  expect(place.manifest()).toEqual(before);
}

function expectRefused(place: HostilePlace, { code, exit, names }: Refusal, plain: Ended): void {
  expect(plain.stderr).toContain(`error ${code}: `);
  expect(plain.stderr).toContain(place.fill(names));
  expect(plain.stderr).toMatch(/^hint: \S/m);
  expect(plain.code).toBe(exit);
  expectClean(plain.stderr);
  expectClean(plain.stdout);
  expect(plain.stderr.length).toBeLessThan(LONGEST_REFUSAL);
}

function expectRefusedAsJson(place: HostilePlace, { code, exit, names }: Refusal, json: Ended): void {
  expect(json.code).toBe(exit);
  expectLines(json.stdout);
  const { error } = JSON.parse(json.stderr) as { error: { code: string; message: string; hint: string } };
  expect(error.code).toBe(code);
  expect(error.message).toContain(place.fill(names));
  expect(error.hint).toMatch(/\S/);
  expectClean(json.stderr);
  expect(json.stderr.length).toBeLessThan(4 * LONGEST_REFUSAL);
}

/** A stream may have begun: each of its lines is JSON. */
function expectLines(stdout: string): void {
  for (const line of stdout.split('\n')) if (line !== '') JSON.parse(line);
}

function expectAccepted(place: HostilePlace, { keeps }: Acceptance, ended: Ended): void {
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expectLines(ended.stdout);
  expectClean(ended.stdout);
  if (keeps !== undefined) expect(ended.stdout).toContain(JSON.stringify(place.fill(keeps)).slice(1, -1));
}

/** Every way to look at what is in the sheet. */
export async function viewsOf(place: HostilePlace): Promise<string[][]> {
  const { stdout } = await place.call(['task', 'list', '--all', '--json']);
  const { tasks } = JSON.parse(stdout) as { tasks: { id: string }[] };
  return [
    ...VIEWS,
    ...tasks.flatMap(({ id }) => [
      ['task', 'show', id],
      ['task', 'log', id],
    ]),
  ];
}

/** What is shown has nothing in it that acts, and none of these texts but as a quotation. */
export async function expectShownAsData(
  place: HostilePlace,
  view: readonly string[],
  never: readonly string[],
): Promise<void> {
  const plain = await place.call(view);
  expectClean(plain.stdout, view.join(' '));
  expectClean(plain.stderr, view.join(' '));
  // A log is nothing but what the agent has printed: there is nobody else's word beside it.
  const texts = view[1] === 'log' ? [] : never.map(place.fill);
  for (const text of texts) expect(plain.stdout, view.join(' ')).not.toContain(text);
  const json = await place.call(['--json', ...view]);
  expectLines(json.stdout);
  expectClean(json.stdout, `${view.join(' ')} --json`);
}

const VIEWS = [
  ['status'],
  ['task', 'list', '--all'],
  ['log'],
  ['report'],
  ['report', '--markdown'],
  ['task', 'diff', 'hello'],
  ['undo', 's-1'],
  ['note', 'search', 'obey'],
  ['doctor'],
  ['inbox', '--all'],
  ['note', 'list'],
  ['goal', '--all'],
  ['context', 'obey'],
  ['context', '.'],
  ['brief'],
  ['brief', 'hello'],
  ['lock', 'list'],
  ['undo'],
  ['undo', '--lost'],
  ['undo', '--write', '1'],
  ['undo', '--write', '2'],
  ['watch', 'run-1'],
  ['sql', 'select * from tasks'],
];

export function expectClean(text: string, where?: string): void {
  expect(UNSAFE.exec(text)?.[0], where).toBeUndefined();
  expect(text).not.toMatch(STACK);
}

/** Nothing hostile ran, and the sheet is as whole as it was. */
export async function expectAlive(place: HostilePlace): Promise<void> {
  expect(place.manifest().filter((line) => line.includes('CANARY'))).toEqual([]);
  expect(place.integrity()).toEqual([{ integrity_check: 'ok' }]);
  expect(await place.call(['status', '--json'])).toMatchObject({ code: 0, stderr: '' });
}
