import { expect, test } from 'vitest';
import { findConflicts } from '../../src/conflict/index.js';
import { acquireLock, releaseLock } from '../../src/lock/index.js';
import { registerAgent } from '../../src/agent/index.js';
import { integrationRef, takeOverRun } from '../../src/run/index.js';
import { cancelTask, claimTask, findAttempts, reopenTask } from '../../src/task/index.js';
import { lastCheckpoint } from '../../src/checkpoint/index.js';
import { givenSite, type GivenSite } from '../support/given-site.js';

const TWENTY_LINES = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join('');

/** Twenty lines, some of them changed: line 3 and line 17 merge, line 3 and line 3 do not. */
function lines(changed: Record<number, string>): string {
  return TWENTY_LINES.replaceAll(/line (\d+)\n/g, (line, number) => changed[Number(number)] ?? line);
}

async function outcomes(site: GivenSite, taskId: string) {
  return (await findAttempts(site.store, taskId)).map((each) => each.outcome);
}

test('a finished task lands as one merge commit that says whose work it is', async () => {
  await using site = await givenSite({
    tasks: [
      { id: 'a', title: 'Add a file' },
      { id: 'b', after: ['a'] },
    ],
  });
  const landing = await site.finish('a', { 'new.txt': 'new\n' });

  expect(await site.land()).toEqual({ settled: 1, held: [] });

  const head = site.integrationHead();
  expect(site.git('show', '--no-patch', '--format=%P', head)).toBe(`${site.base} ${landing.headCommit}`);
  expect(site.git('show', '--no-patch', '--format=%B', head)).toBe(
    'Land a: Add a file\n\nCallsheet-Run: run-1\nCallsheet-Task: a\nCallsheet-Attempt: 1',
  );
  expect(await site.task('a')).toMatchObject({
    state: 'done',
    landedAs: head,
    result: { summary: 'Did a.' },
  });
  expect(await site.landing('a')).toMatchObject({
    state: 'landed',
    commit: head,
    expectedOld: site.base,
    premises: [],
  });
  expect(await outcomes(site, 'a')).toEqual(['landed']);
});

test('what waited for a landed task is ready, and the log tells it in order', async () => {
  await using site = await givenSite({ tasks: ['a', { id: 'b', after: ['a'] }] });
  await site.finish('a', { 'new.txt': 'new\n' });
  expect(await site.task('b')).toMatchObject({ state: 'waiting' });

  await site.land();

  expect(await site.task('b')).toMatchObject({ state: 'ready' });
  const told = (await site.events())
    .map((event) => event.type)
    .filter((type) => /^(landing|task)\./.test(type));
  expect(told.slice(told.indexOf('task.landing'))).toEqual([
    ...['task.landing', 'landing.queued', 'landing.intended', 'landing.landed', 'task.done', 'task.ready'],
  ]);
});

test('nothing of the checkout of the person is touched by landing', async () => {
  await using site = await givenSite({ tasks: ['a'], files: { 'a.txt': 'one\n' }, gate: 'true' });
  site.write({ 'a.txt': 'mine\n', 'untracked.txt': 'mine too\n' });
  const before = [
    site.git('status', '--porcelain'),
    site.git('rev-parse', 'HEAD'),
    site.git('symbolic-ref', 'HEAD'),
  ];
  await site.finish('a', { 'a.txt': 'theirs\n' });

  await site.land();

  expect([
    site.git('status', '--porcelain'),
    site.git('rev-parse', 'HEAD'),
    site.git('symbolic-ref', 'HEAD'),
  ]).toEqual(before);
  expect(await site.landedFile('a.txt')).toBe('theirs\n');
});

test('an empty queue is no work', async () => {
  await using site = await givenSite();
  expect(await site.land()).toEqual({ settled: 0, held: [] });
});

test('work that is in the branch already lands without a change', async () => {
  await using site = await givenSite();
  await site.finish('a', { 'a.txt': 'same\n' });
  await site.finish('b', { 'a.txt': 'same\n' });
  await site.land();
  await site.land();
  expect(await site.task('b')).toMatchObject({ state: 'done' });
  expect(await site.landedFile('a.txt')).toBe('same\n');
});

test('a conflict names both tasks and the lines, and the task goes back to a worker', async () => {
  await using site = await givenSite({ files: { 'a.txt': TWENTY_LINES } });
  await site.finish('a', { 'a.txt': lines({ 3: 'of a\n' }) });
  await site.finish('b', { 'a.txt': lines({ 3: 'of b\n' }) }, { from: site.base });
  await site.land();
  await site.land();

  expect(await site.task('a')).toMatchObject({ state: 'done' });
  const b = await site.task('b');
  expect(b).toMatchObject({ state: 'ready', failures: 1, reason: 'conflicts with a in a.txt' });
  expect(b.runAfter).toBeLessThanOrEqual(site.clock.now());
  expect(await site.landing('b')).toMatchObject({ state: 'conflicted', reason: 'conflicts with a in a.txt' });
  expect(await outcomes(site, 'b')).toEqual(['conflicted']);
  const [conflict, ...others] = await findConflicts(site.store);
  expect(others).toEqual([]);
  expect(conflict).toMatchObject({
    state: 'open',
    taskId: 'b',
    attempt: 1,
    otherTaskIds: ['a'],
    paths: ['a.txt'],
  });
  expect(conflict?.hunks).toContain('of a\n=======\nof b\n');
});

test('a conflict is resolved when the next attempt lands', async () => {
  await using site = await givenSite({ files: { 'a.txt': TWENTY_LINES } });
  await site.finish('a', { 'a.txt': lines({ 3: 'of a\n' }) });
  await site.finish('b', { 'a.txt': lines({ 3: 'of b\n' }) }, { from: site.base });
  await site.land();
  await site.land();
  await site.finish('b', { 'a.txt': lines({ 3: 'of a and b\n' }) });
  await site.land();

  expect(await site.task('b')).toMatchObject({ state: 'done', attempt: 2 });
  expect(await site.landedFile('a.txt')).toBe(lines({ 3: 'of a and b\n' }));
  expect(await findConflicts(site.store, { state: 'open' })).toEqual([]);
});

test('after the last attempt the task fails, its conflict stays open and its commits stay reachable', async () => {
  await using site = await givenSite({
    tasks: ['a', { id: 'b', attempts: 1 }],
    files: { 'a.txt': TWENTY_LINES },
  });
  await site.finish('a', { 'a.txt': lines({ 3: 'of a\n' }) });
  const landing = await site.finish('b', { 'a.txt': lines({ 3: 'of b\n' }) }, { from: site.base });
  await site.land();
  await site.land();

  expect(await site.task('b')).toMatchObject({ state: 'failed' });
  expect(await findConflicts(site.store, { state: 'open', taskId: 'b' })).toHaveLength(1);
  expect(site.git('rev-parse', 'callsheet/run-1/b.1')).toBe(landing.headCommit);
});

test.each([
  { kind: 'modify/delete', before: TWENTY_LINES, a: null, b: lines({ 3: 'of b\n' }) },
  { kind: 'add/add', before: undefined, a: 'of a\n', b: 'of b\n' },
  { kind: 'binary', before: Buffer.from([0, 1]), a: Buffer.from([0, 2]), b: Buffer.from([0, 3]) },
])('a conflict of the kind $kind goes back as well', async ({ kind, before, a, b }) => {
  await using site = await givenSite({
    files: { 'other.txt': 'x\n', ...(before === undefined ? {} : { 'a.txt': before }) },
  });
  await site.finish('a', { 'a.txt': a });
  await site.finish('b', { 'a.txt': b }, { from: site.base });
  await site.land();
  await site.land();

  expect(await site.task('b')).toMatchObject({ state: 'ready' });
  const [conflict] = await findConflicts(site.store);
  expect(conflict).toMatchObject({ otherTaskIds: ['a'], paths: ['a.txt'] });
  expect(conflict?.hunks).toContain(`a.txt (${kind})`);
});

test('work with no history in common with the run is sent back, and holds nobody else', async () => {
  await using site = await givenSite();
  const orphan = site.git('commit-tree', `${site.base}^{tree}`, '-m', 'orphan');
  await site.finish('a', { 'x.txt': 'x\n' }, { from: orphan });
  await site.finish('b', { 'b.txt': 'b\n' });
  await site.land();
  expect(await site.task('a')).toMatchObject({
    state: 'ready',
    reason: expect.stringContaining('no commit in common'),
  });
  expect(await site.task('b')).toMatchObject({ state: 'done' });
});

test('a committed .gitattributes decides how files merge, also one that has just landed', async () => {
  await using site = await givenSite({ tasks: ['attributes', 'a', 'b'], files: { 'list.txt': 'one\n' } });
  await site.finish('attributes', { '.gitattributes': 'list.txt merge=union\n' });
  await site.land();
  await site.finish('a', { 'list.txt': 'one\nof a\n' }, { from: site.base });
  await site.finish('b', { 'list.txt': 'one\nof b\n' }, { from: site.base });
  await site.land();
  expect(await site.landedFile('list.txt')).toBe('one\nof a\nof b\n');
});

test('an uncommitted .gitattributes of the person does not turn a conflict into a merge', async () => {
  await using site = await givenSite({ files: { 'list.txt': 'one\n' } });
  site.write({ '.gitattributes': 'list.txt merge=union\n' });
  await site.finish('a', { 'list.txt': 'one\nof a\n' });
  await site.finish('b', { 'list.txt': 'one\nof b\n' }, { from: site.base });
  await site.land();
  await site.land();
  expect(await site.task('b')).toMatchObject({ state: 'ready', reason: 'conflicts with a in list.txt' });
});

test('attributes that a gate leaves behind do not decide how the next task merges', async () => {
  const gate = 'echo "list.txt merge=union" > .gitattributes';
  await using site = await givenSite({ tasks: ['a', 'b', 'c'], files: { 'list.txt': 'one\n' }, gate });
  await site.finish('a', { 'list.txt': 'one\nof a\n' });
  await site.land();
  await site.finish('b', { 'list.txt': 'one\nof b\n' }, { from: site.base });
  await site.land();
  expect(await site.task('b')).toMatchObject({ state: 'ready', reason: 'conflicts with a in list.txt' });
});

async function givenLock(site: GivenSite, by: string, paths: string[]) {
  return site.inSheet(async (tx) => {
    const agentId =
      by === 'its own agent'
        ? site.agentId
        : (await registerAgent(tx, { name: by, role: 'human', driver: 'terminal' })).agent.id;
    const answer = await acquireLock(tx, {
      agentId,
      paths,
      resources: [],
      queue: false,
      byHand: true,
      ttlMs: 60_000,
    });
    if (!answer.granted) throw new Error('not granted');
    return answer.lock;
  });
}

test('a lock by hand on a path holds landing until it is released; other work lands meanwhile', async () => {
  await using site = await givenSite();
  const lock = await givenLock(site, 'person', ['src']);
  await site.finish('a', { 'src/a.ts': 'a\n' });
  await site.finish('b', { 'b.txt': 'b\n' });

  expect(await site.land()).toEqual({ settled: 1, held: [{ taskId: 'a', locks: [lock.id] }] });
  expect(await site.task('a')).toMatchObject({ state: 'landing' });
  expect(await site.task('b')).toMatchObject({ state: 'done' });

  await site.inSheet((tx) => releaseLock(tx, { agentId: lock.agentId, lockId: lock.id }));
  expect(await site.land()).toEqual({ settled: 1, held: [] });
  expect(await site.task('a')).toMatchObject({ state: 'done' });
});

test('a lock that has run out holds nothing', async () => {
  await using site = await givenSite();
  await givenLock(site, 'person', ['src']);
  await site.finish('a', { 'src/a.ts': 'a\n' });
  site.clock.advance(61_000);
  await site.land();
  expect(await site.task('a')).toMatchObject({ state: 'done' });
});

test("a lock of the task's own agent does not hold its landing", async () => {
  await using site = await givenSite();
  await site.finish('a', { 'src/a.ts': 'a\n' });
  await givenLock(site, 'its own agent', ['src']);
  await site.land();
  expect(await site.task('a')).toMatchObject({ state: 'done' });
});

test('what an attempt declared and another task has changed since stands in its landing', async () => {
  await using site = await givenSite({
    tasks: ['a', { id: 'b', files: ['src/**'] }],
    files: { 'src/x.ts': TWENTY_LINES, 'other.txt': 'x\n' },
  });
  await site.finish('a', { 'src/x.ts': lines({ 3: 'of a\n' }), 'other.txt': 'y\n' });
  await site.land();
  await site.finish('b', { 'src/x.ts': lines({ 17: 'of b\n' }) }, { from: site.base });
  await site.land();
  expect(await site.landing('b')).toMatchObject({
    state: 'landed',
    premises: [{ path: 'src/x.ts', changedBy: ['a'], how: 'declared' }],
  });
  expect((await site.events('landing.intended')).at(-1)?.data).toMatchObject({
    premises: [{ path: 'src/x.ts' }],
  });
});

test('a changed premise is seen also when both land together', async () => {
  await using site = await givenSite({
    tasks: ['a', { id: 'b', files: ['config.json'] }],
    files: { 'config.json': '{}\n' },
  });
  await site.finish('a', { 'config.json': '{ "a": 1 }\n' });
  await site.finish('b', { 'b.txt': 'b\n' });
  await site.land();
  expect(await site.landing('a')).toMatchObject({ premises: [] });
  expect(await site.landing('b')).toMatchObject({
    premises: [{ path: 'config.json', changedBy: ['a'], how: 'declared' }],
  });
});

test('what an attempt has read stands in its landing when it was changed, and not when it has seen the change', async () => {
  await using site = await givenSite({
    tasks: ['a', 'b', { id: 'c', files: ['api.ts'] }],
    files: { 'api.ts': 'old\n', 'same.ts': 'x\n' },
  });
  const old = site.git('rev-parse', 'HEAD:api.ts');
  await site.finish('a', { 'api.ts': 'new\n' });
  await site.land();
  const now = site.git('rev-parse', `${site.integrationHead()}:api.ts`);
  await site.finish(
    'b',
    { 'b.txt': 'b\n' },
    {
      from: site.base,
      reads: [
        { path: 'api.ts', hash: old },
        { path: 'same.ts', hash: 'x' },
      ],
    },
  );
  await site.finish('c', { 'c.txt': 'c\n' }, { from: site.base, reads: [{ path: 'api.ts', hash: now }] });
  await site.land();
  expect(await site.landing('b')).toMatchObject({
    premises: [{ path: 'api.ts', changedBy: ['a'], how: 'read' }],
  });
  expect(await site.landing('c')).toMatchObject({ state: 'landed', premises: [] });
});

test('work that is sent back says what changed under it too, for the brief of the next attempt', async () => {
  await using site = await givenSite({
    tasks: ['a', { id: 'b', files: ['api.ts'] }, { id: 'c', files: ['api.ts'] }],
    files: { 'api.ts': 'old\n' },
    gate: 'test ! -e broken.txt',
  });
  await site.finish('a', { 'api.ts': 'new\n' });
  await site.land();
  await site.finish('b', { 'broken.txt': 'yes\n' }, { from: site.base });
  await site.finish('c', { 'api.ts': 'of c\n' }, { from: site.base });
  await site.land();
  const premises = [{ path: 'api.ts', changedBy: ['a'], how: 'declared' }];
  const rejected = await site.landing('b');
  expect(rejected).toMatchObject({ state: 'rejected', premises });
  expect(rejected.reason).toContain(`(${rejected.evidenceId})`);
  expect(await site.landing('c')).toMatchObject({ state: 'conflicted', premises });
});

test('a task that is cancelled while it waits is withdrawn, and the others land', async () => {
  await using site = await givenSite();
  await site.finish('a', { 'a.txt': 'of a\n' });
  await site.finish('b', { 'b.txt': 'b\n' });
  await site.inSheet((tx) => cancelTask(tx, 'a', 'not needed'));

  expect(await site.land()).toEqual({ settled: 2, held: [] });

  expect(await site.landing('a')).toMatchObject({ state: 'withdrawn', reason: 'the task is cancelled' });
  expect(await site.task('a')).toMatchObject({ state: 'cancelled' });
  expect(await site.task('b')).toMatchObject({ state: 'done' });
  expect(await site.landedFile('a.txt')).toBe('one\n');
});

test('an attempt that has been followed by another is withdrawn', async () => {
  await using site = await givenSite();
  await site.finish('a', { 'a.txt': 'first\n' });
  await site.inSheet((tx) => cancelTask(tx, 'a', 'wrong'));
  await site.inSheet((tx) => reopenTask(tx, 'a', 'again'));
  await site.inSheet((tx) => claimTask(tx, 'a', { id: site.agentId, name: 'x' }, 60_000));
  await site.land();
  expect(await site.landing('a')).toMatchObject({ state: 'withdrawn', reason: 'attempt 2 has begun' });
  expect(await site.task('a')).toMatchObject({ state: 'running', attempt: 2 });
  expect(site.integrationHead()).toBe(site.base);
});

/** Does something in the moment between the test of what waits and the move of the branch. */
function whileTested(site: GivenSite, what: () => Promise<unknown> | void): void {
  const original = site.lane.forMerging.bind(site.lane);
  site.lane.forMerging = async (head) => {
    site.lane.forMerging = original;
    const folder = await original(head);
    await what();
    return folder;
  };
}

test('a task that is cancelled while it is tested does not land, and those tested with it do', async () => {
  await using site = await givenSite({ tasks: ['a', 'b', 'c'] });
  await site.finish('a', { 'a.txt': 'of a\n' });
  await site.finish('b', { 'b.txt': 'b\n' });
  await site.finish('c', { 'c.txt': 'c\n' });
  whileTested(site, () => site.inSheet((tx) => cancelTask(tx, 'b', 'not needed')));

  expect(await site.land()).toEqual({ settled: 3, held: [] });

  expect(await site.landing('b')).toMatchObject({ state: 'withdrawn' });
  expect([
    await site.landedFile('a.txt'),
    await site.landedFile('b.txt'),
    await site.landedFile('c.txt'),
  ]).toEqual(['of a\n', undefined, 'c\n']);
  expect(await site.task('c')).toMatchObject({ state: 'done' });
});

test.each([
  { what: 'conflicts', gate: 'true', files: { 'a.txt': 'of b\n' } },
  { what: 'is red', gate: 'test ! -e red', files: { red: '' } },
])('a task that $what and was cancelled meanwhile is withdrawn, nothing more', async ({ gate, files }) => {
  await using site = await givenSite({ gate });
  await site.finish('a', { 'a.txt': 'of a\n' });
  await site.land();
  await site.finish('b', files, { from: site.base });
  whileTested(site, () => site.inSheet((tx) => cancelTask(tx, 'b', 'not needed')));

  await site.land();

  expect(await site.landing('b')).toMatchObject({ state: 'withdrawn' });
  expect(await site.task('b')).toMatchObject({ state: 'cancelled', failures: 0 });
  expect(await findConflicts(site.store)).toEqual([]);
  expect(await lastCheckpoint(site.store, 'b')).toBeUndefined();
});

test('when somebody moves the branch between the test and the move, nothing is lost', async () => {
  await using site = await givenSite();
  await site.finish('a', { 'a.txt': 'of a\n' });
  const stray = site.git(
    'commit-tree',
    site.git('rev-parse', `${site.base}^{tree}`),
    '-p',
    site.base,
    '-m',
    'stray',
  );
  whileTested(site, () => void site.git('update-ref', integrationRef(site.run.id), stray));

  expect(await site.land()).toEqual({ settled: 1, held: [] });

  expect(await site.landing('a')).toMatchObject({
    state: 'landed',
    expectedOld: stray,
    commit: site.integrationHead(),
  });
  expect(site.git('rev-list', '--count', '--first-parent', site.integrationHead())).toBe('3');
});

test('an engine that another has followed lands nothing', async () => {
  await using site = await givenSite();
  await site.finish('a', { 'a.txt': 'of a\n' });
  await site.inSheet((tx) => takeOverRun(tx, site.run.id, { pid: 1, startedAt: 'x' }, () => false));
  expect(await site.land()).toEqual({ settled: 0, held: [] });
  expect(site.integrationHead()).toBe(site.base);
  expect(await site.landing('a')).toMatchObject({ state: 'queued' });
});
