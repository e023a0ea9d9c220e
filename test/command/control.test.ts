import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { errorIn, fakeProgram, givenPlace, linesOf, planOf, type Place } from './given-place.js';

/** An agent that says in the home folder that it began, and works until a file there lets it. */
const PATIENT = [
  'command:until=../../../home/go; touch ../../../home/began-$CALLSHEET_PLAN_TASK;',
  'while [ ! -e $until ]; do sleep 0.05; done; echo done > $CALLSHEET_PLAN_TASK.txt',
].join(' ');

function given(tasks: string[], top: Record<string, unknown> = {}): Place {
  const place = givenPlace();
  place.write({
    'plan.yaml': planOf(
      tasks.map((id) => ({ id, attempts: 1 })),
      top,
    ),
  });
  return place;
}

function letGo(place: Place): void {
  writeFileSync(join(place.folder, 'home', 'go'), '');
}

const RUN = ['run', '--json', '--yes', '--plan', 'plan.yaml', '--agent', PATIENT];

test('stop ends the agents and saves their work; resume carries on to the end', async () => {
  const place = given(['one', 'two']);
  const engine = place.start(...RUN);
  await Promise.all([place.made('began-one'), place.made('began-two')]);
  expect(await place.callsheet('stop')).toMatchObject({
    code: 0,
    stdout: 'run-1 is stopped. Carry on: callsheet resume run-1\n',
  });
  const ended = await engine.ended;
  expect(ended.code).toBe(130);
  expect(linesOf(ended.stdout).at(-1)).toMatchObject({
    type: 'report',
    state: 'stopped',
    next: [{ what: 'Carry on', command: 'callsheet resume run-1' }],
  });

  const again = await place.callsheet('stop', '--json', 'run-1');
  expect(again.code).toBe(3);
  expect(errorIn(again)).toMatchObject({
    code: 'NOT_RUNNING',
    message: expect.stringContaining('it is stopped') as string,
  });
  letGo(place);
  const resumed = await place.callsheet('resume', '--json');
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(linesOf(resumed.stdout).at(-1)).toMatchObject({
    state: 'finished',
    tasks: [{ attempts: [{ outcome: 'interrupted' }, { outcome: 'landed' }] }, { state: 'done' }],
  });
  expect(await place.callsheet('resume')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('NOTHING_TO_RESUME') as string,
  });
});

test('an interruption says what happens, a second one ends it at once, and resume carries on', async () => {
  const place = given(['one']);
  const engine = place.start(...RUN.filter((word) => word !== '--json'));
  await place.made('began-one');
  engine.child.kill('SIGINT');
  await engine.printed('Stopping: the agents are ended, their work is saved.');
  expect((await engine.ended).code).toBe(130);
  letGo(place);
  expect((await place.callsheet('resume')).code).toBe(0);
});

test('a killed engine: watch does not wait for it, and resume carries on', async () => {
  const place = given(['one']);
  const engine = place.start(...RUN);
  await place.made('began-one');
  const watcher = place.start('watch');
  await watcher.printed('one: attempt 1');
  engine.child.kill('SIGKILL');
  await engine.ended;
  expect(await watcher.ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining('its engine was killed. Carry on: callsheet resume run-1') as string,
  });
  expect(await place.callsheet('stop', 'run-1')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('callsheet resume run-1') as string,
  });
  expect((await place.callsheet('workers', '2')).code).toBe(3);
  letGo(place);
  expect((await place.callsheet('resume')).code).toBe(0);
});

test('watch follows from another terminal, and ends as the run does', async () => {
  const place = given(['one', 'two'], { gate: 'test ! -e two.txt' });
  const engine = place.start(...RUN, '-w', '1');
  await place.made('began-one');
  const watcher = place.start('watch', '--json');
  await watcher.printed('task.claimed');
  letGo(place);
  expect((await engine.ended).code).toBe(1);
  const { code, stdout } = await watcher.ended;
  expect(code).toBe(1);
  const lines = linesOf(stdout);
  expect(lines[0]).toEqual({ callsheet: 'watch', version: 1, run: 'run-1' });
  expect(lines.at(-1)).toMatchObject({
    type: 'report',
    state: 'failed',
    tasks: [
      { state: 'done' },
      { state: 'failed', reason: expect.stringContaining('test ! -e two.txt') as string },
    ],
  });
  const text = (await place.callsheet('report')).stdout;
  expect(text).toContain('run-1 failed: 1 of 2 tasks complete');
  expect(text).toMatch(/Try two again: +callsheet task retry two/);
  // After the end it shows the whole run, with the names of agents that are gone.
  const after = await place.callsheet('watch', 'run-1');
  expect(after).toMatchObject({ code: 1 });
  expect(after.stdout).toMatch(/one: attempt 1, [a-z]+\n/);
});

test('the number of workers can be changed while a run goes on, and stays when it is resumed', async () => {
  const place = given(['one', 'two', 'three']);
  const engine = place.start(...RUN, '-w', '1');
  await place.made('began-one');
  expect(existsSync(join(place.folder, 'home', 'began-two'))).toBe(false);
  expect(await place.callsheet('workers', '2')).toMatchObject({
    code: 0,
    stdout: 'run-1 works with 2 at once from now on.\n',
  });
  await place.made('began-two');
  expect((await place.callsheet('land')).stderr).toContain('ENGINE_RUNNING');
  expect((await place.callsheet('resume', 'run-1')).stderr).toContain('ENGINE_RUNNING');
  await place.callsheet('stop');
  await engine.ended;

  const resumed = place.start('resume', '-w', '3');
  await place.made('began-three');
  letGo(place);
  expect((await resumed.ended).code).toBe(0);
});

test('another agent given to resume is the agent from then on', async () => {
  const place = given(['one']);
  const engine = place.start(...RUN);
  await place.made('began-one');
  engine.child.kill('SIGINT');
  await engine.ended;
  expect((await place.callsheet('resume', '--agent', 'command:exit 1')).code).toBe(1);
  expect((await place.callsheet('task', 'retry', 'one')).code).toBe(0);
  expect((await place.callsheet('resume')).code).toBe(1);
  expect((await place.callsheet('task', 'log', 'one')).code).toBe(0);
});

test('a report in Markdown quotes what agents wrote', async () => {
  const place = given(['one'], { goal: 'Make it so' });
  letGo(place);
  await place.callsheet(
    'run',
    '--yes',
    '--plan',
    'plan.yaml',
    '--agent',
    'command:printf x > "$CALLSHEET_PLAN_TASK.txt"; callsheet task complete "$CALLSHEET_TASK" "Did it\n# not a heading" --attempt 1',
  );
  const { stdout } = await place.callsheet('report', '--markdown');
  expect(stdout).toContain('# run-1: 1 of 1 tasks complete\n\n> Make it so\n');
  expect(stdout).toContain('> # not a heading');
  expect(stdout).toContain('- Take it over: `callsheet land run-1 --into main`');
  expect(stdout).not.toMatch(/\n\n\n/);
});

// Ctrl-C reaches a new process in the moment before it has left the terminal's process group.
test('a git that was interrupted before it began is started again', async () => {
  const place = given(['one']);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const seen = join(place.folder, 'home', 'seen');
  const env = fakeProgram(
    place,
    'git',
    `[ -e '${seen}' ] || { touch '${seen}'; kill -INT $$; }; exec ${real} "$@"`,
  );
  const ended = await runCallsheet(place.root, [...RUN, '--dry-run'], env);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(seen)).toBe(true);
});

test('the configuration says how often a task is tried that does not say so itself', async () => {
  const place = givenPlace();
  place.commit({ 'callsheet.config.yaml': 'attempts: 1\n' });
  place.write({ 'plan.yaml': planOf([{ id: 'one' }]) });
  const ended = await place.callsheet('run', '--json', '--plan', 'plan.yaml', '--agent', 'command:exit 1');
  expect(ended.code).toBe(1);
  expect(linesOf(ended.stdout).at(-1)).toMatchObject({
    tasks: [{ state: 'failed', attempts: [{ attempt: 1 }] }],
  });
});

test('there is no report before the first run', async () => {
  const place = givenPlace();
  for (const command of ['report', 'watch', 'land']) {
    const ended = await place.callsheet(command, '--json');
    expect(ended.code).toBe(3);
    expect(errorIn(ended).code).toBe('NO_RUN');
  }
  expect(errorIn(await place.callsheet('report', 'run-9', '--json')).code).toBe('RUN_UNKNOWN');
});
