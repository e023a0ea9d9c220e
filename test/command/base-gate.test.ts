import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorIn, givenPlace, planOf, WRITER, type Place } from './given-place.js';

const ARGS = ['run', '--plan', 'plan.yaml', '--agent', WRITER, '--yes'];

async function nothingIsLeft(place: Place): Promise<void> {
  expect(place.beside()).toEqual([]);
  expect(place.known()).toEqual({ refs: ['refs/heads/main'], worktrees: 1 });
  expect((await place.callsheet('sql', '--json', 'select id from runs')).stdout).not.toContain('run-');
  expect((await place.callsheet('sql', '--json', 'select id from tasks')).stdout).not.toContain('one');
}

test('a gate that is red on the base is refused with its output, and nothing is left', async () => {
  const place = givenPlace();
  place.write({ 'plan.yaml': planOf([{ id: 'one' }], { gate: 'echo "needs b.txt"; test -f b.txt' }) });
  const ended = await place.callsheet(...ARGS, '--json');
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(errorIn(ended)).toMatchObject({
    code: 'BASE_RED',
    message: expect.stringContaining('needs b.txt') as string,
    hint: expect.stringMatching(/setup:.*--gate.*--allow-red-base/) as string,
  });
  await nothingIsLeft(place);
});

test('a red base can be accepted, and the report says so', async () => {
  const place = givenPlace();
  place.write({ 'plan.yaml': planOf([{ id: 'one' }], { gate: 'test -f b.txt' }) });
  const ended = await place.callsheet(...ARGS, '--allow-red-base');
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('The gate was red on the base already.');
});

test('a gate that is red once and green then is flaky, and the run begins', async () => {
  const place = givenPlace();
  const counter = join(place.folder, 'home', 'count');
  writeFileSync(counter, '');
  place.write({
    'plan.yaml': planOf([{ id: 'one' }], {
      gate: `echo x >> '${counter}'; test $(wc -l < '${counter}') -ne 1`,
    }),
  });
  const ended = await place.callsheet(...ARGS);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('it is flaky');
  expect((await place.callsheet('report', '--markdown')).stdout).toContain('flaky on the base');
});

test('a workspace that cannot be prepared is refused, and nothing is left', async () => {
  const place = givenPlace();
  place.write({
    'plan.yaml': planOf([{ id: 'one' }], { gate: 'true', setup: 'echo "no such package"; exit 7' }),
  });
  const ended = await place.callsheet(...ARGS, '--json');
  expect(ended.code).toBe(3);
  expect(errorIn(ended)).toMatchObject({
    code: 'BASE_UNPREPARED',
    message: expect.stringContaining('no such package') as string,
  });
  await nothingIsLeft(place);
});

test.each([
  ['the gate', { gate: 'echo "it runs" > ../../../home/runs; sleep 600' }],
  ['the setup', { gate: 'true', setup: 'echo "it runs" > ../../../home/runs; sleep 600' }],
])('an interruption while %s runs on the base leaves nothing', async (_, top) => {
  const place = givenPlace();
  place.write({ 'plan.yaml': planOf([{ id: 'one' }], top) });
  const { child, ended } = place.start(...ARGS);
  await place.made('runs');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining('error INTERRUPTED') as string,
  });
  await nothingIsLeft(place);
});

test('the base is prepared once: what was set up for its test is warm for the run', async () => {
  const place = givenPlace();
  const log = join(place.folder, 'home', 'setups');
  const tasks = [{ id: 'one' }, { id: 'two', after: ['one'] }, { id: 'three', after: ['two'] }];
  place.write({ 'plan.yaml': planOf(tasks, { gate: 'test -f a.txt', setup: `pwd >> '${log}'` }) });
  expect(await place.callsheet(...ARGS)).toMatchObject({ code: 0 });
  const setups = readFileSync(log, 'utf8').trim().split('\n');
  expect(setups.filter((folder) => folder.endsWith('gate-1'))).toHaveLength(1);
  expect(setups).toHaveLength(1 + tasks.length);
});
