import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenSheet, git } from '../../../test/support/given-sheet.js';
import { readsOf } from '../../read/index.js';
import { createTasks } from '../../task/index.js';
import type { RawInput } from '../input/index.js';
import { taskList } from './list.js';

interface Shown {
  id: string;
  state: string;
  claimedBy?: string;
  result?: { summary: string; files: string[]; findings: string[]; commit?: string; data?: unknown };
  attempts: { attempt: number; agent: string; outcome?: string }[];
  snapshots: { commit: string }[];
  messages: { type: string; body: string; question?: string }[];
}

test('a stand-alone task goes from ready over running to done, and frees what waits for it', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'Limiter', files: ['src/**'] });
  await call('task.add', { title: 'Docs', after: ['task-1'] });
  const claim = await call('task.claim', {}, { as: 'ada' });
  expect(claim).toMatchObject({
    id: 'task-1',
    attempt: 1,
    title: 'Limiter',
    spec: 'Limiter',
    files: ['src/**'],
    priority: 5,
  });
  expect(claim['leaseExpiresAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  const done = await call(
    'task.complete',
    { id: 'task-1', summary: 'It limits', file: ['src/a.ts'], finding: ['slow'] },
    { as: 'ada' },
  );

  expect(done).toMatchObject({ id: 'task-1', state: 'done', ready: ['task-2'] });
  const shown = await call<Shown>('task.show', { id: 'task-1' });
  expect(shown.result).toEqual({ summary: 'It limits', files: ['src/a.ts'], findings: ['slow'] });
  expect(shown.attempts).toMatchObject([{ attempt: 1, agent: 'ada', outcome: 'completed' }]);
  expect(await call('task.show', { id: 'task-2' })).toMatchObject({ state: 'ready' });
});

test('the person hears of a completion and of what it made ready', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.add', { title: 'Two', after: ['task-1'] });
  await call('task.claim', {}, { as: 'ada' });
  await call('task.complete', { id: 'task-1' }, { as: 'ada' });
  const { messages } = await call<Shown>('inbox', {}, { as: 'bo' });
  expect(messages).toMatchObject([{ type: 'PROGRESS', body: 'task-1 is done: One. Ready now: task-2.' }]);
});

test('with nothing to claim the refusal names what waits on what, and who holds it', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.add', { title: 'Two', after: ['task-1'] });
  await call('task.claim', {}, { as: 'ada' });
  await expect(call('task.claim', {}, { as: 'bo' })).rejects.toMatchObject({
    code: 'NOTHING_READY',
    exit: 'refused',
    message:
      'Nothing is ready to be claimed: task-1 is running, held by ada (attempt 1); task-2 waits for task-1 (running, held by ada).',
  });
  await expect(call('task.claim', { id: 'task-2' }, { as: 'bo' })).rejects.toMatchObject({
    code: 'TASK_NOT_READY',
  });
});

test('a task whose holder was silent past its lease is offered again, and the silent one is told LEASE_LOST', async () => {
  const { call, clock } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', { lease: '1m' }, { as: 'ada' });
  clock.advance(61_000);
  await expect(call('task.claim', {}, { as: 'bo' })).rejects.toMatchObject({ code: 'NOTHING_READY' });
  clock.advance(10_000);
  expect(await call('task.claim', {}, { as: 'bo' })).toMatchObject({ id: 'task-1', attempt: 2 });
  for (const name of ['heartbeat', 'progress', 'checkpoint', 'complete', 'fail', 'block', 'release']) {
    const raw = {
      id: 'task-1',
      attempt: '1',
      text: 'x',
      done: 'x',
      next: 'x',
      reason: 'x',
      question: name === 'checkpoint' ? [] : 'x',
    };
    await expect(call(`task.${name}`, raw, { as: 'ada' }), name).rejects.toMatchObject({
      code: 'LEASE_LOST',
      exit: 'refused',
    });
  }
});

test('any command of its owner renews a claim by hand', async () => {
  const { call, clock } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  clock.advance(90 * 60_000);
  await call('status', {}, { as: 'ada' });
  clock.advance(90 * 60_000);
  await expect(call('task.claim', {}, { as: 'bo' })).rejects.toMatchObject({ code: 'NOTHING_READY' });
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running', claimedBy: 'ada' });
});

test('whoever does not hold a task must name the attempt', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  await expect(call('task.complete', { id: 'task-1' }, { as: 'bo' })).rejects.toMatchObject({
    code: 'ATTEMPT_NEEDED',
    exit: 'usage',
  });
});

test('a red gate keeps a task from being done, and its tail is told', async () => {
  const { call } = await givenSheet({
    'callsheet.config.yaml': 'gate: test -f wanted.txt || (echo "wanted.txt is missing"; exit 7)\n',
  });
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  const refused = call('task.complete', { id: 'task-1', yes: true }, { as: 'ada' });
  await expect(refused).rejects.toMatchObject({
    code: 'GATE_RED',
    exit: 'refused',
    data: { exitCode: 7, tail: 'wanted.txt is missing' },
  });
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running', claimedBy: 'ada' });
});

test('a red gate names whose work made it so most likely, since it was last green', async () => {
  const gate = 'for f in bad*; do test ! -e $f || { echo "in $f"; exit 1; }; done';
  const { call, clock, root } = await givenSheet({ 'callsheet.config.yaml': `gate: '${gate}'\n` });
  const complete = (id: string, file: string, own = {}) =>
    call('task.complete', { id, yes: true, file: [file], ...own }, { as: 'ada' });
  for (const id of ['first', 'other', 'own', 'last']) await call('task.add', { title: id, id });
  for (const id of ['first', 'other', 'own', 'last']) await call('task.claim', { id }, { as: 'ada' });
  writeFileSync(join(root, 'bad.txt'), 'x');
  await expect(complete('first', 'bad.txt')).rejects.not.toHaveProperty('data.likely');
  rmSync(join(root, 'bad.txt'));
  await complete('first', 'fine.txt');
  clock.advance(1_000);
  await complete('other', 'bad.txt');
  clock.advance(1_000);
  await call('task.add', { title: 'Ungated', id: 'ungated', gate: 'true' });
  await call('task.claim', { id: 'ungated' }, { as: 'ada' });
  await complete('ungated', 'bad.txt');
  writeFileSync(join(root, 'bad.txt'), 'x');
  await expect(complete('own', 'mine.txt')).rejects.toMatchObject({
    code: 'GATE_RED',
    message: expect.stringMatching(
      /\nIt is most likely because of ungated, the only work that has come in/,
    ) as string,
    data: { likely: { task: 'ungated', why: 'only' } },
  });
  const { events } = await call<{ events: { data: unknown }[] }>('log', { type: 'gate.red', newest: '1' });
  expect(events).toMatchObject([{ data: { likely: { task: 'ungated', among: 1 } } }]);
});

test('a gate that came with the repository is not run before a person has agreed to it, and then remembered', async () => {
  const { call, root } = await givenSheet({ 'callsheet.config.yaml': 'gate: touch ran.txt\n' });
  await call('task.add', { title: 'One' });
  await call('task.add', { title: 'Two' });
  await call('task.claim', { id: 'task-1' }, { as: 'ada' });
  await call('task.claim', { id: 'task-2' }, { as: 'ada' });
  const silently = call('task.complete', { id: 'task-1' }, { as: 'ada' });
  await expect(silently).rejects.toMatchObject({
    code: 'CONSENT_NEEDED',
    exit: 'refused',
    data: ['gate: touch ran.txt'],
  });
  expect(existsSync(join(root, 'ran.txt'))).toBe(false);
  expect(await call('task.complete', { id: 'task-1', yes: true }, { as: 'ada' })).toMatchObject({
    state: 'done',
  });
  expect(await call('task.complete', { id: 'task-2' }, { as: 'ada' })).toMatchObject({ state: 'done' });
});

test('the gate of a task is run where the work is', async () => {
  const { call, root } = await givenSheet();
  await call('task.add', { title: 'One', gate: 'test -f wanted.txt' });
  await call('task.claim', {}, { as: 'ada' });
  writeFileSync(join(root, 'wanted.txt'), '');
  expect(await call('task.complete', { id: 'task-1' }, { as: 'ada' })).toMatchObject({ state: 'done' });
  const { rows } = await call<{ rows: unknown[] }>('sql', { query: 'select is_green, gate from gates' });
  expect(rows).toEqual([{ is_green: 1, gate: 'test -f wanted.txt' }]);
});

test('a block waits for an answer, which goes to the asker and lets the task go on', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  const blocked = await call('task.block', { id: 'task-1', question: 'Which port?' }, { as: 'ada' });
  expect(blocked).toMatchObject({ state: 'blocked', question: 'q-1' });
  const { needsYou } = await call<{ needsYou: unknown[] }>('status');
  expect(needsYou).toEqual([
    { kind: 'question', id: 'q-1', task: 'task-1', text: 'Which port?', command: 'callsheet answer q-1 "…"' },
  ]);

  expect(await call('answer', { question: 'q-1', text: '8080' }, { as: 'bo' })).toMatchObject({
    resumed: 'task-1',
  });

  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running', attempt: 1 });
  const { messages } = await call<Shown>('inbox', {}, { as: 'ada' });
  expect(messages).toMatchObject([{ type: 'ANSWER', body: '8080' }]);
});

test('a task that has failed for good is named to the person, and can be tried again', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One', attempts: '1' });
  await call('task.claim', {}, { as: 'ada' });
  expect(await call('task.fail', { id: 'task-1', reason: 'no network' }, { as: 'ada' })).toMatchObject({
    state: 'failed',
    isFinal: true,
  });
  const { needsYou } = await call<{ needsYou: { command: string }[] }>('status');
  expect(needsYou.map((need) => need.command)).toEqual(['callsheet task retry task-1']);
  expect(await call('task.retry', { id: 'task-1' })).toMatchObject({ state: 'ready' });
  expect(await call('task.claim', {}, { as: 'bo' })).toMatchObject({ attempt: 2 });
});

test('pause, resume and cancel keep to the legal moves', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await expect(call('task.pause', { id: 'task-1' })).rejects.toMatchObject({ code: 'TASK_STATE' });
  await call('task.claim', {}, { as: 'ada' });
  expect(await call('task.pause', { id: 'task-1', reason: 'wait' })).toMatchObject({ state: 'paused' });
  expect(await call('task.resume', { id: 'task-1' })).toMatchObject({ state: 'running', attempt: 1 });
  expect(await call('task.cancel', { id: 'task-1' })).toMatchObject({ state: 'cancelled' });
  await expect(call('task.complete', { id: 'task-1', attempt: '1' }, { as: 'ada' })).rejects.toMatchObject({
    code: 'LEASE_LOST',
  });
});

test('a claim that ends lets go of the locks that were taken for it', async () => {
  const { call, session } = await givenSheet();
  const worker = await session({ role: 'worker', name: 'cy' });
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { env: worker.env });
  await call('lock.acquire', { paths: ['a.txt'] }, { env: worker.env });
  await call('task.release', { id: 'task-1' }, { env: worker.env });
  expect(await call('lock.list')).toEqual({ locks: [] });
});

test('a checkpoint saves the files as they are, untracked ones too', async () => {
  const { call, root } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  writeFileSync(join(root, 'new.txt'), 'new\n');
  const saved = await call('task.checkpoint', { id: 'task-1', done: 'half', next: 'rest' }, { as: 'ada' });
  expect(saved).toMatchObject({ task: 'task-1', attempt: 1, snapshot: 's-1', leftOut: [] });
  expect(git(root, 'show', `${String(saved['commit'])}:new.txt`)).toBe('new');
  expect(git(root, 'status', '--porcelain')).toBe('?? new.txt');
  expect((await call<{ diff: string }>('task.diff', { id: 'task-1' })).diff).toContain('+new');
});

test('what an attempt has read is recorded as git would hash it', async () => {
  const { call, root, sheet } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  await call(
    'task.progress',
    { id: 'task-1', text: 'reading', read: ['a.txt', 'missing.txt'] },
    { as: 'ada' },
  );
  expect(await readsOf(sheet.store, { taskId: 'task-1', attempt: 1 })).toEqual([
    { path: 'a.txt', hash: git(root, 'rev-parse', 'HEAD:a.txt') },
    { path: 'missing.txt', hash: '' },
  ]);
});

test('a result can come from a file of JSON', async () => {
  const { call, root } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  writeFileSync(join(root, 'wrong.json'), '{"sumary": "x"}');
  await expect(
    call('task.complete', { id: 'task-1', resultFile: 'wrong.json' }, { as: 'ada' }),
  ).rejects.toMatchObject({
    code: 'RESULT_INVALID',
    message: 'The result file has the key “sumary”, which means nothing here. Nothing was changed.',
  });
  writeFileSync(join(root, 'result.json'), '{"summary": "Did it", "files": ["a.txt"], "data": {"count": 3}}');
  await call('task.complete', { id: 'task-1', resultFile: 'result.json', commit: 'main' }, { as: 'ada' });
  const { result } = await call<Shown>('task.show', { id: 'task-1' });
  expect(result).toEqual({
    summary: 'Did it',
    files: ['a.txt'],
    findings: [],
    data: { count: 3 },
    commit: git(root, 'rev-parse', 'main'),
  });
});

test('a dependency that would close a cycle is refused with the cycle', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await expect(
    call('task.add', { title: 'Two', after: ['task-1'], before: ['task-1'] }),
  ).rejects.toMatchObject({ code: 'TASK_CYCLE', exit: 'usage' });
  expect(await call('task.list')).toMatchObject({ tasks: [{ id: 'task-1', state: 'ready' }] });
});

test('data that does not fit the schema of a task is refused with the place that does not fit', async () => {
  const { call, root, sheet } = await givenSheet();
  const output = { type: 'object', required: ['count'], properties: { count: { type: 'integer' } } };
  await sheet.store.transaction((tx) =>
    createTasks(tx, [{ id: 'counted', title: 'Count', spec: 'Count them', output }]),
  );
  await call('task.claim', {}, { as: 'ada' });
  const complete = (data: unknown) => {
    writeFileSync(join(root, 'result.json'), JSON.stringify({ data }));
    return call('task.complete', { id: 'counted', resultFile: 'result.json' }, { as: 'ada' });
  };
  await expect(complete(undefined)).rejects.toMatchObject({ code: 'RESULT_MISMATCH' });
  await expect(complete({ total: 3 })).rejects.toMatchObject({
    message: 'The result of counted does not fit its schema: data has no count. Nothing was changed.',
  });
  await expect(complete({ count: 1.5 })).rejects.toMatchObject({
    message: expect.stringContaining('data.count is not of type integer') as string,
  });
  expect(await complete({ count: 3 })).toMatchObject({ state: 'done' });
});

test('a claim is renewed by the lease that it was made with', async () => {
  const { call, clock } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', { lease: '5m' }, { as: 'ada' });
  const inFiveMinutes = () => new Date(clock.now() + 5 * 60_000).toISOString();
  clock.advance(60_000);
  expect(await call('task.heartbeat', { id: 'task-1' }, { as: 'ada' })).toMatchObject({
    leaseExpiresAt: inFiveMinutes(),
  });
  clock.advance(60_000);
  await call('status', {}, { as: 'ada' });
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ leaseExpiresAt: inFiveMinutes() });
});

test('a claim whose lease has run out is shown to nobody as held', async () => {
  const { call, clock } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.claim', { lease: '1m' }, { as: 'ada' });
  clock.advance(61_000);
  expect(await call('task.show', { id: 'task-1' }, { as: 'bo' })).toMatchObject({
    state: 'ready',
    failures: 1,
  });
  expect(await call('status', {}, { as: 'bo' })).toMatchObject({ tasks: { running: 0, ready: 1 } });
});

test('a list that would be too long shows open tasks before those that have ended, and says how many are left out', async () => {
  const { sheet, call } = await givenSheet();
  const many = (first: number, count: number, isDone: boolean) =>
    Array.from({ length: count }, (_, n) => ({
      ...{ id: `task-${first + n}`, title: `Task ${first + n}`, spec: 'x', isDone },
    }));
  await sheet.store.transaction((tx) => createTasks(tx, [...many(1, 5, true), ...many(6, 3, false)]));
  const list = (raw: RawInput) => call<{ tasks: { id: string }[]; total: number }>('task.list', raw);
  const ids = async (raw: RawInput) => (await list(raw)).tasks.map(({ id }) => id);

  expect(await ids({ limit: '2' })).toEqual(['task-6', 'task-7']);
  expect(await ids({ limit: '5' })).toEqual(['task-4', 'task-5', 'task-6', 'task-7', 'task-8']);
  expect(await list({ limit: '5' })).toMatchObject({ total: 8 });
  expect(await ids({ limit: '2', state: ['done'] })).toEqual(['task-4', 'task-5']);
  expect(await ids({})).toHaveLength(8);
  expect(taskList.show(await call('task.list', { limit: '5' }))).toMatch(
    /\n… and 3 more: callsheet task list --limit 8$/,
  );
});

test('with nothing to claim the message is short, however many tasks wait', async () => {
  const { sheet, call } = await givenSheet();
  await call('task.add', { title: 'First' });
  await call('task.claim', {}, { as: 'bo' });
  const waiting = Array.from({ length: 50 }, (_, n) => ({
    ...{ id: `later-${n}`, title: 'x', spec: 'x', after: ['task-1'] },
  }));
  await sheet.store.transaction((tx) => createTasks(tx, waiting));
  await expect(call('task.claim', {}, { as: 'ada' })).rejects.toThrow(
    /^Nothing is ready to be claimed: task-1 is running, held by bo \(attempt 1\); .* and 31 more\.$/,
  );
});
