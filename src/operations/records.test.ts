import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCallsheet } from '../../test/support/command.js';
import { git, givenSheet } from '../../test/support/given-sheet.js';

test('notes are added, found by words and paths, and superseded', async () => {
  const { call } = await givenSheet();
  await call(
    'note.add',
    { kind: 'contract', text: 'Errors are objects', tag: ['api'], file: ['src/errors.js'] },
    { as: 'ada' },
  );
  expect(await call('note.search', { text: 'error' })).toMatchObject({
    notes: [{ id: 'note-1', agent: 'ada', files: ['src/errors.js'] }],
  });
  expect(await call('note.list', { path: 'src' })).toMatchObject({ notes: [{ id: 'note-1' }] });
  await call('note.add', { kind: 'contract', text: 'Errors are codes', supersedes: 'note-1' });
  expect(await call('note.list')).toMatchObject({ notes: [{ id: 'note-2' }] });
});

test('a note about code that has changed since is marked wherever it is shown', async () => {
  const { call, root } = await givenSheet({ 'src/a.ts': 'one\n', 'src/b.ts': 'two\n' });
  const file = ['src/a.ts', 'src/b.ts', 'src', 'src/*.ts', 'src/later.ts'];
  expect(await call('note.add', { kind: 'contract', text: 'Errors are objects', file })).toMatchObject({
    stale: [],
  });
  writeFileSync(join(root, 'src/later.ts'), 'made as agreed\n');
  expect(await call('note.show', { id: 'note-1' })).toMatchObject({ stale: [] });
  writeFileSync(join(root, 'src/a.ts'), 'changed\n');
  const marked = { id: 'note-1', stale: ['src/a.ts'] };
  expect(await call('note.show', { id: 'note-1' })).toMatchObject(marked);
  expect(await call('note.list')).toMatchObject({ notes: [marked] });
  expect(await call('note.search', { text: 'errors' })).toMatchObject({ notes: [marked] });
  rmSync(join(root, 'src/b.ts'));
  expect(await call('note.show', { id: 'note-1' })).toMatchObject({ stale: ['src/a.ts', 'src/b.ts'] });
  writeFileSync(join(root, 'src/a.ts'), 'one\n');
  writeFileSync(join(root, 'src/b.ts'), 'two\n');
  expect(await call('note.show', { id: 'note-1' })).toMatchObject({ stale: [] });
});

test('what a note says of its file is held against the checkout that is asked from', async () => {
  const { call, root } = await givenSheet({ 'a.ts': 'one\n' });
  await call('note.add', { kind: 'discovery', text: 'x', file: ['a.ts'] });
  writeFileSync(join(root, 'a.ts'), 'two\n');
  const shown = await runCallsheet(root, ['note', 'show', 'note-1']);
  expect(shown.stdout).toContain('possibly stale: a.ts has changed since');
  git(root, 'worktree', 'add', '--quiet', '--detach', `${root}-other`, 'HEAD');
  onTestFinished(() => rmSync(`${root}-other`, { recursive: true, force: true }));
  expect((await runCallsheet(`${root}-other`, ['note', 'show', 'note-1'])).stdout).not.toContain('stale');
});

test('a value that is set again to the same is of the files as they are now', async () => {
  const { call, root } = await givenSheet({ 'a.ts': 'one\n' });
  const set = () => call('note.set', { key: 'port', text: '8080', file: ['a.ts'] });
  await set();
  expect(await set()).toMatchObject({ id: 'note-1' });
  writeFileSync(join(root, 'a.ts'), 'two\n');
  expect(await call('note.get', { key: 'port' })).toMatchObject({ stale: ['a.ts'] });
  expect(await set()).toMatchObject({ id: 'note-2', supersedes: 'note-1', stale: [] });
});

test('a named value is set and got', async () => {
  const { call } = await givenSheet();
  await expect(call('note.get', { key: 'port' })).rejects.toMatchObject({
    code: 'VALUE_UNKNOWN',
    exit: 'refused',
  });
  await call('note.set', { key: 'port', text: '8080' });
  await call('note.set', { key: 'port', text: '9090' });
  expect(await call('note.get', { key: 'port' })).toMatchObject({ text: '9090' });
});

test('what a worker writes is about its run and task without being told', async () => {
  const { call, session } = await givenSheet();
  const { env } = await session({ role: 'worker', name: 'cy' });
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { env });
  expect(await call('note.add', { kind: 'discovery', text: 'x' }, { env })).toMatchObject({
    task: 'task-1',
    agent: 'cy',
  });
  expect(await call('lock.acquire', { resource: ['port:3000'] }, { env })).toMatchObject({
    task: 'task-1',
    resources: ['port:3000'],
  });
});

test('a message reaches whoever holds the task, is delivered when shown and acknowledged when said', async () => {
  const { call, session } = await givenSheet();
  const { env } = await session({ role: 'worker', name: 'cy' });
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { env });
  await call('send', { type: 'INSTRUCTION', to: 'task-1', body: 'Use\u001b[2J the index' }, { as: 'ada' });
  expect(await call('inbox', {}, { env })).toMatchObject({
    messages: [{ type: 'INSTRUCTION', from: 'ada', to: 'task-1', task: 'task-1', body: 'Use the index' }],
    acknowledged: [],
  });
  expect(await call('inbox', { ack: true }, { env })).toMatchObject({
    messages: [{ state: 'delivered' }],
    acknowledged: ['m-1'],
  });
  expect(await call('inbox', {}, { env })).toMatchObject({ messages: [] });
});

test('a lock by hand is had by one only, and let go of', async () => {
  const { call } = await givenSheet();
  expect(
    await call('lock.acquire', { paths: ['src/**'], ttl: '5m', reason: 'refactoring' }, { as: 'ada' }),
  ).toMatchObject({ state: 'held', agent: 'ada' });
  await expect(call('lock.acquire', { paths: ['src/a.ts'] }, { as: 'bo' })).rejects.toMatchObject({
    code: 'LOCK_HELD',
    exit: 'refused',
    message: expect.stringContaining('ada holds src/** (lock-1)') as string,
  });
  expect(await call('lock.list')).toMatchObject({ locks: [{ id: 'lock-1', reason: 'refactoring' }] });
  expect(await call('lock.release', { all: true }, { as: 'ada' })).toMatchObject({
    released: [{ id: 'lock-1' }],
  });
  await expect(call('lock.release', { paths: ['src/**'] }, { as: 'ada' })).rejects.toMatchObject({
    code: 'LOCK_NOT_HELD',
  });
});

test('one who waits in vain leaves the queue', async () => {
  const { call } = await givenSheet();
  await call('lock.acquire', { paths: ['a.txt'] }, { as: 'ada' });
  await expect(call('lock.acquire', { paths: ['a.txt'], wait: '10ms' }, { as: 'bo' })).rejects.toMatchObject({
    code: 'LOCK_HELD',
  });
  expect(await call<{ locks: { agent: string }[] }>('lock.list')).toMatchObject({
    locks: [{ agent: 'ada' }],
  });
});

test('sql is read-only', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  expect(await call('sql', { query: 'select id, state from tasks' })).toEqual({
    rows: [{ id: 'task-1', state: 'ready' }],
  });
  await expect(call('sql', { query: 'delete from task' })).rejects.toMatchObject({
    code: 'SQL_INVALID',
    exit: 'usage',
  });
  expect(await call<{ rows: unknown[] }>('sql', { query: '.tables' })).toMatchObject({
    rows: expect.arrayContaining([{ name: 'tasks', type: 'view' }]) as unknown[],
  });
});

test('the log is filtered by task, type and position', async () => {
  const { call } = await givenSheet();
  await call('task.add', { title: 'One' });
  await call('task.add', { title: 'Two' });
  const { version, events } = await call<{ version: number; events: { seq: number; task: string }[] }>(
    'log',
    { type: 'task', task: 'task-2' },
  );
  expect({ version, tasks: events.map(({ task }) => task) }).toEqual({ version: 1, tasks: ['task-2'] });
  const last = events.at(-1)?.seq ?? 0;
  expect(await call('log', { since: String(last) })).toEqual({ version: 1, events: [] });
});

test('doctor finds a sound sheet sound', async () => {
  const { call } = await givenSheet();
  const { ok, findings } = await call<{ ok: boolean; findings: { what: string; level: string }[] }>('doctor');
  expect(ok).toBe(true);
  expect(findings.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'git',
      'node',
      'sqlite',
      'repository',
      'sheet',
      'integrity',
      'file system',
      'workspaces',
      'disk',
    ]),
  );
});

test('a file of input is read within bounds', async () => {
  const { call, root } = await givenSheet();
  writeFileSync(join(root, 'spec.md'), 'Do this\n');
  writeFileSync(join(root, 'large.md'), 'x'.repeat(1024 * 1024 + 1));
  expect(await call('task.add', { title: 'One', specFile: 'spec.md' })).toMatchObject({ spec: 'Do this\n' });
  for (const specFile of ['large.md', 'missing.md', '.']) {
    await expect(call('task.add', { title: 'Two', specFile }), specFile).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      exit: 'usage',
    });
  }
});
