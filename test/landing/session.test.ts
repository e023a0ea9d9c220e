import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProgram, errorIn, givenPlace, type Place } from '../command/given-place.js';
import { startCommand } from '../support/command.js';

/** Branches of sessions, each with a commit of a file of its own. */
function givenBranches(place: Place, ...names: string[]): void {
  for (const name of names) {
    place.git('switch', '--quiet', '-c', name, 'main');
    place.commit({ [`${name}.txt`]: `${name}\n` });
  }
  place.git('switch', '--quiet', 'main');
}

/** A gate that says that it runs, and waits until it may end. */
function givenGate(place: Place) {
  const [begun, go] = [join(place.folder, 'home', 'begun'), join(place.folder, 'home', 'go')];
  const fifo = join(place.folder, 'home', 'wait');
  execFileSync('mkfifo', [fifo]);
  place.commit({
    'callsheet.config.yaml': `gate: ${JSON.stringify(`echo x >> '${begun}'; test -e '${go}' || read line < '${fifo}'`)}\n`,
  });
  return {
    begun: () => place.made('begun'),
    runs: () => readFileSync(begun, 'utf8').trim().split('\n').length,
    let: () => {
      writeFileSync(go, '');
      writeFileSync(fifo, 'go\n');
    },
    /** From now on a gate does not wait. */
    open: () => writeFileSync(go, ''),
  };
}

async function land(place: Place, env: NodeJS.ProcessEnv, ...args: string[]) {
  const ended = await startCommand(place.root, ['land', '--json', '--yes', ...args], env).ended;
  return {
    ...ended,
    document: ended.code === 0 ? (JSON.parse(ended.stdout) as Record<string, unknown>) : {},
  };
}

async function landings(place: Place): Promise<Record<string, unknown>[]> {
  const { stdout } = await place.callsheet('sql', '--json', 'SELECT * FROM landings ORDER BY id');
  return (JSON.parse(stdout) as { rows: Record<string, unknown>[] }).rows;
}

async function taskOf(place: Place): Promise<Record<string, unknown>> {
  return JSON.parse((await place.callsheet('task', 'show', 'task-1', '--json')).stdout) as Record<
    string,
    unknown
  >;
}

/** Landing commits on main, newest first. */
function landed(place: Place): string[] {
  return place
    .git('log', '--first-parent', '--format=%s', 'main')
    .split('\n')
    .filter((line) => line.startsWith('Land '));
}

/** Takes and leaves the task: it is held, and its work is on `fix`. */
async function givenHeldTask(place: Place): Promise<void> {
  givenBranches(place, 'fix');
  await place.callsheet('task', 'add', 'Mend it');
  await place.callsheet('task', 'add', 'Then this', '--after', 'task-1');
  await place.callsheet('task', 'claim');
}

/** A git that kills who has called it, before or after it has moved the checkout. */
function killingGit(place: Place, when: 'before' | 'after'): NodeJS.ProcessEnv {
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const move = when === 'after' ? `'${git}' "$@"; ` : '';
  return fakeProgram(
    place,
    'git',
    `case "$*" in *--ff-only*) ${move}kill -9 $PPID;; *) exec '${git}' "$@";; esac`,
  );
}

function expectNothingLeft(place: Place): void {
  expect(place.beside()).toEqual([]);
  expect(place.git('for-each-ref', 'refs/callsheet')).toBe('');
  expect(place.git('status', '--porcelain')).toBe('');
}

test('two at once land one after the other', async () => {
  const place = givenPlace();
  const gate = givenGate(place);
  givenBranches(place, 'one', 'two');
  const one = place.start('land', '--branch', 'one', '--yes');
  await gate.begun();
  const two = place.start('land', '--branch', 'two', '--yes');
  await two.printed('Waiting for one, which is landing into main.');
  expect(gate.runs()).toBe(1);
  gate.let();
  expect([(await one.ended).code, (await two.ended).code]).toEqual([0, 0]);
  expect(landed(place)).toEqual(['Land two', 'Land one']);
  // The second was tested on what the first had made of the branch.
  expect(gate.runs()).toBe(2);
  expect(await landings(place)).toMatchObject([{ state: 'landed' }, { state: 'landed' }]);
  expectNothingLeft(place);
});

test('one that is interrupted while it waits is out of the queue', async () => {
  const place = givenPlace();
  const gate = givenGate(place);
  givenBranches(place, 'one', 'two');
  const one = place.start('land', '--branch', 'one', '--yes');
  await gate.begun();
  const two = place.start('land', '--branch', 'two', '--yes');
  await two.printed('Waiting for one');
  two.child.kill('SIGINT');
  expect(await two.ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining('INTERRUPTED') as string,
  });
  gate.let();
  await one.ended;
  expect(landed(place)).toEqual(['Land one']);
  expect(await landings(place)).toMatchObject([{ state: 'landed' }, { state: 'withdrawn' }]);
});

test('one that is interrupted while its gate runs moves nothing and leaves nothing', async () => {
  const place = givenPlace();
  const gate = givenGate(place);
  givenBranches(place, 'one');
  const one = place.start('land', '--branch', 'one', '--yes');
  await gate.begun();
  one.child.kill('SIGINT');
  expect((await one.ended).code).toBe(130);
  expect(landed(place)).toEqual([]);
  expect(await landings(place)).toMatchObject([{ state: 'withdrawn', reason: 'it was interrupted' }]);
  expectNothingLeft(place);
});

test('who was killed while its gate ran keeps nobody waiting, and nothing of it is left', async () => {
  const place = givenPlace();
  const gate = givenGate(place);
  givenBranches(place, 'one', 'two');
  const one = place.start('land', '--branch', 'one', '--yes');
  await gate.begun();
  const two = place.start('land', '--branch', 'two', '--yes');
  await two.printed('Waiting for one');
  gate.open();
  one.child.kill('SIGKILL');
  expect((await two.ended).code).toBe(0);
  expect(landed(place)).toEqual(['Land two']);
  // The next one clears up, and lands what was not.
  expect(await land(place, place.env, '--branch', 'one')).toMatchObject({ code: 0 });
  expect(await landings(place)).toMatchObject([
    { state: 'withdrawn' },
    { state: 'landed' },
    { state: 'landed' },
  ]);
  expectNothingLeft(place);
});

test('killed between moving the branch and writing that down: it has landed, once', async () => {
  const place = givenPlace();
  await givenHeldTask(place);
  await land(place, killingGit(place, 'after'), '--branch', 'fix', '--task', 'task-1');
  expect(await landings(place)).toMatchObject([{ state: 'intended' }]);
  const at = place.git('rev-parse', 'main');

  const { document } = await land(place, place.env, '--branch', 'fix', '--task', 'task-1');

  expect(document).toMatchObject({ wasThere: true, ready: ['task-2'] });
  expect(place.git('rev-parse', 'main')).toBe(at);
  expect(await landings(place)).toMatchObject([{ state: 'landed', commit: at }]);
  expect(await taskOf(place)).toMatchObject({ state: 'done', landedAs: at });
});

test('killed before moving the branch: it has not landed, and does when it is told to', async () => {
  const place = givenPlace();
  await givenHeldTask(place);
  await land(place, killingGit(place, 'before'), '--branch', 'fix', '--task', 'task-1');
  expect(await landings(place)).toMatchObject([{ state: 'intended' }]);
  expect(landed(place)).toEqual([]);

  expect(await land(place, place.env, '--branch', 'fix', '--task', 'task-1')).toMatchObject({ code: 0 });

  expect(landed(place)).toEqual(['Land task-1: Mend it']);
  expect(await landings(place)).toMatchObject([{ state: 'withdrawn' }, { state: 'landed' }]);
  expect(await taskOf(place)).toMatchObject({ state: 'done', attempt: 1 });
  expectNothingLeft(place);
});

test('what a power cut has taken out of the sheet is told by git', async () => {
  const place = givenPlace();
  await givenHeldTask(place);
  const sheet = join(place.root, '.git/callsheet/sheet.db');
  const copy = join(place.folder, 'home', 'sheet.db');
  copyFileSync(sheet, copy);
  await land(place, place.env, '--branch', 'fix', '--task', 'task-1');
  const at = place.git('rev-parse', 'main');
  copyFileSync(copy, sheet);
  for (const part of ['-wal', '-shm']) rmSync(sheet + part, { force: true });

  const { document } = await land(place, place.env, '--branch', 'fix', '--task', 'task-1');

  expect(document).toMatchObject({ wasThere: true, ready: ['task-2'] });
  expect(place.git('rev-parse', 'main')).toBe(at);
  expect(await taskOf(place)).toMatchObject({ state: 'done', landedAs: at });
});

test('trailers that somebody wrote into a commit of their own prove nothing', async () => {
  const place = givenPlace();
  await givenHeldTask(place);
  place.git(
    'merge',
    '--quiet',
    '--no-ff',
    '-m',
    'Mine\n\nCallsheet-Landing: landing-1\nCallsheet-Task: task-1\nCallsheet-Attempt: 2',
    'fix',
  );
  const ended = await land(place, place.env, '--branch', 'fix', '--task', 'task-1');
  expect(errorIn(ended).code).toBe('LAND_NOTHING');
  expect(await taskOf(place)).toMatchObject({ state: 'running' });
});
