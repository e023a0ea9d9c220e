import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastCheckpoint } from '../../src/checkpoint/index.js';
import { findEvidence, recordEvidence } from '../../src/gate/index.js';
import { GateAborted } from '../../src/landing/index.js';
import { identityOf, isAlive } from '../../src/process/index.js';
import { runFolder } from '../../src/workspace/index.js';
import { countedGate, givenSite, type GivenSite } from '../support/given-site.js';

/** Red while there is a file whose name begins with `bad`. */
const NO_BAD_FILES = countedGate('test -z "$(ls | grep ^bad)"');
/** Red at every other run, beginning with the first, on trees that have the file `flaky`. */
const FLAKY = countedGate('test ! -e flaky || ! mkdir "$GATE_RUNS.once" 2>/dev/null || exit 1');

async function states(site: GivenSite, ...taskIds: string[]): Promise<string> {
  const tasks = await Promise.all(taskIds.map((id) => site.task(id)));
  return tasks.map((task) => `${task.id} ${task.state}`).join(', ');
}

async function evidenceOf(site: GivenSite, taskId: string) {
  return findEvidence(site.store, (await site.landing(taskId)).evidenceId ?? '');
}

test('several that wait are tested together, in one run of the gate', async () => {
  await using site = await givenSite({ tasks: ['a', 'b', 'c'], gate: NO_BAD_FILES });
  for (const id of ['a', 'b', 'c']) await site.finish(id, { [id]: id }, { from: site.base });

  await site.land();

  expect(site.gateRuns()).toEqual([site.integrationHead()]);
  expect(await states(site, 'a', 'b', 'c')).toBe('a done, b done, c done');
  const evidence = await evidenceOf(site, 'a');
  expect(evidence).toMatchObject({
    isGreen: true,
    exitCode: 0,
    tree: site.git('rev-parse', `${site.integrationHead()}^{tree}`),
  });
  expect(await evidenceOf(site, 'c')).toEqual(evidence);
});

test('one bad task among eight does not hold the others, and is found in few runs', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  await using site = await givenSite({ tasks: ids, gate: NO_BAD_FILES });
  for (const id of ids) await site.finish(id, { [id === 'f' ? 'bad' : id]: id }, { from: site.base });

  expect(await site.land()).toEqual({ settled: 8, held: [] });

  const done = ids.filter((id) => id !== 'f').map((id) => `${id} done`);
  expect(await states(site, ...ids.filter((id) => id !== 'f'))).toBe(done.join(', '));
  expect(await site.task('f')).toMatchObject({ state: 'ready', failures: 1 });
  // All; a-d; e-h is the tree of all; ef; e; f is the tree of ef, and is run once more; gh.
  expect(site.gateRuns()).toHaveLength(6);
});

test('a red gate names the work whose files its output names, as the most likely cause', async () => {
  const gate = countedGate('for f in bad*; do test ! -e "$f" || { echo "FAIL in $f"; exit 1; }; done');
  await using site = await givenSite({ tasks: ['a', 'b', 'c'], gate });
  await site.finish('a', { a: 'a' });
  await site.finish('b', { 'bad.txt': 'b', other: 'b' }, { from: site.base });
  await site.finish('c', { c: 'c' }, { from: site.base });
  await site.land();
  const [together, alone] = await site.events('gate.red');
  expect(together?.data['likely']).toMatchObject({
    ...{ task: 'b', attempt: 1, why: 'files', files: ['bad.txt'], among: 3 },
  });
  const causes = (await site.events('gate.red')).map(({ data }) => data['likely']);
  expect(causes.every((cause) => (cause as { task: string }).task === 'b')).toBe(true);
  expect(alone).toBeDefined();
  expect((await evidenceOf(site, 'b'))?.likely).toMatchObject({ task: 'b' });
  expect((await site.task('b')).reason).not.toContain('most likely');
});

test('where only one came in since the gate was green it is that one, whatever the output says', async () => {
  await using site = await givenSite({ gate: NO_BAD_FILES });
  await site.finish('a', { a: 'a' });
  await site.land();
  await site.finish('b', { bad: 'b' });
  await site.land();
  for (const { data } of await site.events('gate.red'))
    expect(data['likely']).toMatchObject({ task: 'b', why: 'only', among: 1 });
  expect((await evidenceOf(site, 'a'))?.likely).toBeUndefined();
});

test('work that another broke is sent back with whose work that most likely was', async () => {
  const gate = countedGate('test ! -e early -o ! -e late || { echo "early does not fit"; exit 1; }');
  await using site = await givenSite({ gate: 'true', tasks: [{ id: 'a' }, { id: 'b', gate }] });
  await site.finish('a', { early: 'a' });
  await site.land();
  await site.finish('b', { late: 'b' });
  // The task's own gate was green where the run began.
  const tree = await site.repository.treeOf(site.base);
  const green = { isGreen: true, timedOut: false, wroteTree: false, setupFailed: false, isFlaky: false };
  await site.inSheet((tx) =>
    recordEvidence(tx, { tree, gate, inputs: '', ...green, durationMs: 1, outputTail: '' }),
  );
  await site.land();
  expect((await site.task('b')).reason).toMatch(
    /, most likely because of a \(attempt 1\), [0-9a-f]{10}: the output names early, of 2 that have come in since/,
  );
});

test('a gate that was never seen to be green names nothing', async () => {
  await using site = await givenSite({ gate: NO_BAD_FILES, baseGate: 'flaky' });
  await site.finish('a', { bad: 'a' });
  await site.land();
  for (const { data } of await site.events('gate.red')) expect(data).not.toHaveProperty('likely');
});

test('of two that are red only together the first lands and the second is sent back', async () => {
  await using site = await givenSite({ gate: countedGate('test ! -e a -o ! -e b') });
  await site.finish('a', { a: 'a' });
  await site.finish('b', { b: 'b' }, { from: site.base });

  await site.land();

  expect(await states(site, 'a', 'b')).toBe('a done, b ready');
  expect(site.gateRuns()).toHaveLength(3);
});

test('no more than eight are tested together', async () => {
  const ids = Array.from({ length: 10 }, (_, index) => `t${index}`);
  await using site = await givenSite({ tasks: ids, gate: NO_BAD_FILES });
  for (const id of ids) await site.finish(id, { [id]: id }, { from: site.base });
  expect(await site.land()).toMatchObject({ settled: 8 });
  expect(await site.land()).toMatchObject({ settled: 2 });
  expect(site.gateRuns()).toHaveLength(2);
});

test('a red task is tested once more, and goes back with the last output of the gate', async () => {
  await using site = await givenSite({ gate: countedGate('echo it is bad; test ! -e bad') });
  const landing = await site.finish('a', { bad: '' });
  await site.land();

  expect(site.gateRuns()).toHaveLength(2);
  expect(await site.task('a')).toMatchObject({
    state: 'ready',
    reason: expect.stringContaining('ended with 1 on the merged tree'),
  });
  expect(await site.landing('a')).toMatchObject({ state: 'rejected' });
  expect(site.integrationHead()).toBe(site.base);
  const checkpoint = await lastCheckpoint(site.store, 'a');
  expect(checkpoint).toMatchObject({ attempt: 1, snapshotCommit: landing.headCommit });
  expect(checkpoint?.next).toContain('it is bad');
});

test('red, then green on the same tree is flaky, and not good enough', async () => {
  await using site = await givenSite({ gate: FLAKY });
  await site.finish('a', { flaky: '' });
  await site.land();
  expect(await site.task('a')).toMatchObject({
    state: 'ready',
    reason: expect.stringContaining('was red, then green on the same tree'),
  });
  expect((await site.events('gate')).map((event) => [event.type, event.data['isFlaky']])).toEqual([
    ['gate.red', false],
    ['gate.green', true],
  ]);
});

test('where the gate was flaky on the base, flaky is good enough', async () => {
  await using site = await givenSite({ gate: FLAKY, baseGate: 'flaky' });
  await site.finish('a', { flaky: '' });
  await site.land();
  expect(await site.task('a')).toMatchObject({ state: 'done' });
  expect(await evidenceOf(site, 'a')).toMatchObject({ isGreen: true, isFlaky: true });
});

test('a flaky green is not taken for a proof later', async () => {
  await using site = await givenSite({ gate: FLAKY, baseGate: 'flaky' });
  await site.finish('a', { flaky: '' });
  await site.land();
  await site.finish('b', {}, { from: site.base });
  await site.land();
  expect(site.gateRuns()).toHaveLength(3);
});

test.each([
  { how: 'writes a tracked file', gate: 'echo x >> a.txt', named: 'a.txt' },
  { how: 'deletes a tracked file', gate: 'rm a.txt', named: 'a.txt' },
  {
    how: 'commits',
    gate: 'echo x >> a.txt; git -c user.name=x -c user.email=x commit -qam x',
    named: 'HEAD',
  },
  { how: 'deletes the repository around itself', gate: 'rm .git', named: '.git' },
])('a gate that $how is red, and says so', async ({ gate, named }) => {
  await using site = await givenSite({ gate });
  await site.finish('a', { 'b.txt': 'b\n' });
  await site.land();
  expect(await site.task('a')).toMatchObject({
    state: 'ready',
    reason: expect.stringContaining('changed tracked files'),
  });
  expect((await lastCheckpoint(site.store, 'a'))?.next).toContain(
    `The gate changed what is under test: ${named}`,
  );
});

test('a gate that takes too long is ended with all that it started, and is red', async () => {
  const gate = 'sleep 1000 & echo $! > "$GATE_RUNS"; wait';
  await using site = await givenSite({ gate, options: { gateTimeoutMs: 300 } });
  await site.finish('a', { 'b.txt': 'b\n' });
  await site.land();
  expect(await site.task('a')).toMatchObject({
    state: 'ready',
    reason: expect.stringContaining('did not end within its time limit'),
  });
  const [pid = ''] = site.gateRuns();
  expect(isRunning(Number(pid))).toBe(false);
});

/** One that has ended and that nobody has collected does not run. */
function isRunning(pid: number): boolean {
  const identity = identityOf(pid);
  return identity !== undefined && isAlive(identity);
}

test('a gate that is told to stop says nothing: the work waits as before', async () => {
  await using site = await givenSite({ gate: 'echo started > "$GATE_RUNS"; sleep 1000' });
  await site.finish('a', { 'b.txt': 'b\n' });
  const abort = new AbortController();
  const landing = site.land(abort.signal);
  await until(() => existsSync(join(site.folder, 'gate-runs')));
  abort.abort();
  await expect(landing).rejects.toBeInstanceOf(GateAborted);
  expect(await site.landing('a')).toMatchObject({ state: 'queued' });
  expect(await site.task('a')).toMatchObject({ state: 'landing', failures: 0 });
});

test('a setup that is told to stop says nothing either', async () => {
  await using site = await givenSite({
    gate: 'true',
    options: { setup: 'echo started > "$GATE_RUNS"; sleep 1000' },
  });
  await site.finish('a', { 'b.txt': 'b\n' });
  const abort = new AbortController();
  const landing = site.land(abort.signal);
  await until(() => existsSync(join(site.folder, 'gate-runs')));
  abort.abort();
  await expect(landing).rejects.toBeInstanceOf(GateAborted);
  expect(await site.landing('a')).toMatchObject({ state: 'queued' });
});

/** Looks at each turn of the event loop; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test('what was green on the same tree is not run again', async () => {
  await using site = await givenSite({ gate: NO_BAD_FILES });
  await site.finish('a', { 'b.txt': 'b\n' });
  await site.land();
  await site.finish('b', { 'b.txt': 'b\n' }, { from: site.base });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a done, b done');
  expect(site.gateRuns()).toHaveLength(1);
  expect((await site.landing('b')).evidenceId).toBe((await site.landing('a')).evidenceId);
});

test('green proves nothing once workspaces are prepared from something else', async () => {
  const options = { setup: 'true', setupInputs: ['a.txt'], copy: ['.env'] };
  const files = { 'a.txt': 'one\n', '.gitignore': '.env\n' };
  await using site = await givenSite({ files, gate: NO_BAD_FILES, options });
  site.write({ '.env': 'KEY=1\n' });
  await site.finish('a', { 'b.txt': 'b\n' });
  await site.land();
  site.write({ '.env': 'KEY=2\n' });
  await site.finish('b', { 'b.txt': 'b\n' }, { from: site.base });
  await site.land();
  expect(site.gateRuns()).toHaveLength(2);
});

test('the gate of a task is run besides that of the run, on its work and nothing less', async () => {
  const own = countedGate('test -e proof');
  await using site = await givenSite({
    tasks: ['a', { id: 'b', gate: own }, { id: 'c', gate: own }],
    gate: NO_BAD_FILES,
  });
  await site.finish('a', { a: '' });
  await site.finish('b', { b: '' }, { from: site.base });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a done, b ready');
  await site.finish('c', { proof: '' });
  await site.land();
  expect(await site.task('c')).toMatchObject({ state: 'done' });
});

test("a task's own gate counts also where the run has none", async () => {
  await using site = await givenSite({ tasks: [{ id: 'a', gate: 'false' }, 'b'] });
  await site.finish('a', { a: '' });
  await site.finish('b', { b: '' }, { from: site.base });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a ready, b done');
  expect((await site.landing('b')).evidenceId).toBeUndefined();
});

test('a red base is tolerated until the gate is green for the first time', async () => {
  const gate = countedGate('test -e fix');
  await using site = await givenSite({ tasks: ['a', 'b', 'c', 'd'], gate, baseGate: 'red' });
  await site.finish('a', { a: '' });
  await site.finish('b', { fix: '' }, { from: site.base });
  await site.land();
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a done, b done');
  expect(await evidenceOf(site, 'a')).toMatchObject({ isGreen: false });
  expect(site.gateRuns()).toHaveLength(2);
  await site.finish('c', { fix: null });
  await site.finish('d', { d: '' });
  await site.land();
  expect(await states(site, 'c', 'd')).toBe('c ready, d done');
});

test("a red base does not excuse a task's own gate", async () => {
  await using site = await givenSite({
    tasks: [{ id: 'a', gate: 'test -e a.ok' }],
    gate: 'false',
    baseGate: 'red',
  });
  await site.finish('a', { a: '' });
  await site.land();
  expect(await site.task('a')).toMatchObject({ state: 'ready' });
});

test('a gate sees nothing of an outer git or session', async () => {
  const outer = {
    GIT_DIR: '/elsewhere',
    GIT_INDEX_FILE: '/elsewhere/index',
    CALLSHEET_TOKEN: 'secret',
    KEPT: 'yes',
  };
  for (const [name, value] of Object.entries(outer)) process.env[name] = value;
  try {
    await using site = await givenSite({
      gate: 'env > "$GATE_RUNS"',
      options: { env: { PORT: '{4000+slot}' } },
    });
    for (const name of Object.keys(outer)) delete process.env[name];
    await site.finish('a', { a: '' });
    await site.land();
    const names = site.gateRuns();
    expect(names.filter((line) => /^(GIT_|CALLSHEET_TOKEN)/.test(line))).toEqual([]);
    expect(names).toContain('KEPT=yes');
    expect(names).toContain('PORT=4000');
  } finally {
    for (const name of Object.keys(outer)) delete process.env[name];
  }
});

test('the setup runs once for many gates, and again when its inputs change', async () => {
  const options = { setup: 'mkdir -p deps && echo run >> deps/log', setupInputs: ['a.txt'] };
  const files = { 'a.txt': 'one\n', '.gitignore': 'deps\n' };
  await using site = await givenSite({
    tasks: ['a', 'b', 'c'],
    files,
    gate: 'cp deps/log "$GATE_RUNS"',
    options,
  });
  await site.finish('a', { a: '' });
  await site.land();
  await site.finish('b', { b: '' });
  await site.land();
  expect(site.gateRuns()).toEqual(['run']);
  await site.finish('c', { 'a.txt': 'two\n' });
  await site.land();
  expect(site.gateRuns()).toEqual(['run', 'run']);
});

test('a setup whose output git does not ignore runs before every gate', async () => {
  const options = { setup: 'mkdir deps && touch deps/module' };
  await using site = await givenSite({ gate: 'test -e deps/module', options });
  await site.finish('a', { a: '' });
  await site.land();
  await site.finish('b', { b: '' });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a done, b done');
});

test('a task that breaks the setup is sent back, and holds nobody else', async () => {
  const options = { setup: 'echo cannot install; test -e a.txt', setupInputs: ['a.txt'] };
  await using site = await givenSite({ gate: 'true', options });
  await site.finish('a', { 'a.txt': null });
  await site.finish('b', { b: '' }, { from: site.base });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a ready, b done');
  expect((await site.task('a')).reason).toContain('preparing its workspace failed');
  expect((await lastCheckpoint(site.store, 'a'))?.next).toContain('cannot install');
});

test.each([
  { what: 'was deleted by hand', damage: (folder: string) => rmSync(folder, { recursive: true }) },
  { what: 'has lost its .git', damage: (folder: string) => rmSync(join(folder, '.git')) },
])('a gate workspace that $what is made anew', async ({ damage }) => {
  await using site = await givenSite({ gate: 'true' });
  await site.finish('a', { a: '' });
  await site.land();
  damage(join(runFolder(site), 'gate-1'));
  await site.finish('b', { b: '' });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a done, b done');
});

test('a folder in the place of the gate workspace is moved aside, not deleted', async () => {
  await using site = await givenSite({ gate: 'true' });
  mkdirSync(join(runFolder(site), 'gate-1'), { recursive: true });
  writeFileSync(join(runFolder(site), 'gate-1', 'left.txt'), 'left\n');
  await site.finish('a', { a: '' });
  await site.land();
  expect(await site.task('a')).toMatchObject({ state: 'done' });
  const [aside = ''] = readdirSync(runFolder(site)).filter((name) => name.startsWith('gate-1.left-'));
  expect(readFileSync(join(runFolder(site), aside, 'left.txt'), 'utf8')).toBe('left\n');
});

test('a lock of git that a killed gate has left in its workspace does not stop the queue', async () => {
  await using site = await givenSite({ gate: 'touch "$(git rev-parse --git-path index.lock)"' });
  await site.finish('a', { a: '' });
  await site.land();
  await site.finish('b', { b: '' });
  await site.land();
  expect(await states(site, 'a', 'b')).toBe('a done, b done');
});

test('the gate of one task is no evidence for another that landed with it', async () => {
  await using site = await givenSite({ tasks: ['a', { id: 'b', gate: 'test -e b.txt' }] });
  await site.finish('a', { 'a.txt': 'a\n' });
  await site.finish('b', { 'b.txt': 'b\n' });
  await site.land();
  expect((await site.landing('a')).evidenceId).toBeUndefined();
  expect((await site.landing('b')).evidenceId).toBeDefined();
});
