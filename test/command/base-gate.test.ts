import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identityOf, isAlive, type ProcessIdentity } from '../../src/process/index.js';
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

describe('SIGKILL while the base is tested', () => {
  /** A gate that is still busy when its run is killed, and says who it is; with `go` in the home folder it passes. */
  const BUSY =
    'test -e ../../../home/go || { echo $$ > ../../../home/gate.new; mv ../../../home/gate.new ../../../home/gate; sleep 600; }';

  async function givenKilled(): Promise<{ place: Place; gate: ProcessIdentity }> {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }], { gate: BUSY }) });
    const { child, ended } = place.start(...ARGS);
    await place.made('gate');
    const gate = identityOf(Number(readFileSync(join(place.folder, 'home', 'gate'), 'utf8')));
    if (gate === undefined) throw new Error('The gate has ended by itself');
    const inUse = await Promise.all([place.callsheet('doctor'), place.callsheet('clean', '--json')]);
    expect(inUse[0].stdout).toContain('none is left over');
    expect(JSON.parse(inUse[1].stdout)).toMatchObject({ removed: [], kept: [] });
    child.kill('SIGKILL');
    await ended;
    expect(isAlive(gate)).toBe(true);
    return { place, gate };
  }

  test('leaves what doctor names and clean removes, but nothing of a base under test', async () => {
    const { place, gate } = await givenKilled();
    expect((await place.callsheet('doctor')).stdout).toMatch(/1 left over, such as .*gate-1/);
    expect((await place.callsheet('clean', '--dry-run')).stdout).toContain('Would remove');
    expect(isAlive(gate)).toBe(true);

    expect(await place.callsheet('clean')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Removed .*run-1\/gate-1/) as string,
    });

    expect(isAlive(gate)).toBe(false);
    await nothingIsLeft(place);
    expect((await place.callsheet('sql', '--json', 'select * from workspaces')).stdout).not.toContain('gate');
    expect((await place.callsheet('doctor')).stdout).toContain('none is left over');
  });

  test('leaves nothing that the next run does not remove', async () => {
    const { place, gate } = await givenKilled();
    writeFileSync(join(place.folder, 'home', 'go'), '');
    const ended = await place.callsheet(...ARGS);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('run-1 was killed before it began');
    expect(isAlive(gate)).toBe(false);
    expect(place.beside()).toEqual([]);
    expect(place.known().worktrees).toBe(1);
    expect(place.git('for-each-ref', 'refs/callsheet/landing')).toBe('');
  });
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
