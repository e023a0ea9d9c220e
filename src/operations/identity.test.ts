import { expect, test } from 'vitest';
import { givenSheet } from '../../test/support/given-sheet.js';
import { endAgent, noteProcess } from '../agent/index.js';
import { findEvents } from '../event/index.js';
import { identityOf } from '../process/index.js';

test('a registered session is known by its token, and may not act under another name', async () => {
  const { call, session } = await givenSheet();
  const { env } = await session({ role: 'worker', name: 'cy' });
  await call('note.add', { kind: 'decision', text: 'x' }, { env });
  expect(await call('note.list')).toMatchObject({ notes: [{ agent: 'cy' }] });
  await expect(call('note.list', {}, { env, as: 'bo' })).rejects.toMatchObject({
    code: 'AS_REFUSED',
    exit: 'refused',
  });
});

test('a token that names no live session is refused, and never makes a person of a worker', async () => {
  const { call, session, sheet } = await givenSheet();
  const { agent, env } = await session({ role: 'worker' });
  await sheet.store.transaction((tx) => endAgent(tx, agent.id));
  await expect(call('task.list', {}, { env })).rejects.toMatchObject({
    code: 'TOKEN_INVALID',
    exit: 'refused',
  });
  await expect(call('task.list', {}, { env: { CALLSHEET_TOKEN: 'made-up' } })).rejects.toMatchObject({
    code: 'TOKEN_INVALID',
  });
});

test('a worker that drops its token is still known by the process it descends from', async () => {
  const { call, session, sheet } = await givenSheet();
  const { agent } = await session({ role: 'worker', name: 'cy' });
  const parent = identityOf(process.ppid);
  if (parent === undefined) throw new Error('The test has a parent process');
  await sheet.store.transaction((tx) => noteProcess(tx, agent.id, parent));
  await expect(call('task.add', { title: 'x' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await expect(call('task.add', { title: 'x' }, { as: 'bo' })).rejects.toMatchObject({ code: 'AS_REFUSED' });
});

test('a process that only got the number of an ended session is not taken for it', async () => {
  const { call, session, sheet } = await givenSheet();
  const { agent } = await session({ role: 'worker', name: 'cy' });
  await sheet.store.transaction((tx) =>
    noteProcess(tx, agent.id, { pid: process.ppid, startedAt: 'another time' }),
  );
  expect(await call('task.add', { title: 'x' })).toMatchObject({ id: 'task-1' });
});

test('what a role has no right to is refused and logged with the name of who tried', async () => {
  const { call, session, sheet } = await givenSheet();
  const { env } = await session({ role: 'worker', name: 'cy' });
  await expect(call('task.add', { title: 'x' }, { env })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    exit: 'refused',
    hint: expect.stringContaining('callsheet send') as string,
  });
  const events = await findEvents(sheet.store, { type: 'operation.refused' });
  expect(events.map(({ data }) => data)).toEqual([
    {
      ...{ operation: 'task.add', name: 'cy', role: 'worker' },
      reason: expect.stringContaining('may not use task add') as string,
    },
  ]);
});

test('every attempt of a worker at more than its rights is refused and in the log', async () => {
  const { call, session, sheet } = await givenSheet();
  const { env, agent } = await session({ role: 'worker', name: 'cy' });
  await session({ role: 'worker', name: 'dee' });
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  await call('send', { type: 'QUESTION', to: 'human', body: 'Which?' }, { as: 'ada' });
  await call('lock.acquire', { paths: ['a.txt'] }, { as: 'ada' });
  const attempts: [string, Parameters<typeof call>[1], { as?: string }?][] = [
    ['task.add', { title: 'x', assignee: 'dee' }],
    ['answer', { question: 'q-1', text: 'yes' }],
    ['send', { type: 'ANSWER', replyTo: 'q-1', body: 'yes' }],
    ['send', { type: 'INSTRUCTION', to: 'dee', body: 'Obey' }],
    ['send', { type: 'INSTRUCTION', to: 'task-1', body: 'Obey' }],
    ['workers', { count: '9' }],
    ['task.complete', { id: 'task-1', attempt: '1' }],
    ['task.claim', {}, { as: 'dee' }],
    ['task.claim', {}, { as: 'mia' }],
    ['lock.release', { id: 'lock-1' }],
  ];
  for (const [name, raw, options] of attempts) {
    await expect(call(name, raw, { env, ...options }), name).rejects.toMatchObject({ exit: 'refused' });
  }
  const events = await findEvents(sheet.store, { type: 'operation.refused', agentId: agent.id });
  expect(events.map(({ data }) => data['operation'])).toEqual(
    attempts.map(([name, , options]) => (options === undefined ? name : '--as')),
  );
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running', claimedBy: 'ada' });
});

test('a worker writes about its own claim only', async () => {
  const { call, session } = await givenSheet();
  const { env } = await session({ role: 'worker', name: 'cy' });
  await call('task.add', { title: 'One' });
  await call('task.claim', {}, { as: 'ada' });
  await expect(call('task.complete', { id: 'task-1', attempt: '1' }, { env })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
});

test('a worker cannot answer for a person, nor instruct others', async () => {
  const { call, session } = await givenSheet();
  const { env } = await session({ role: 'worker', name: 'cy' });
  await session({ role: 'worker', name: 'dee' });
  await call('send', { type: 'QUESTION', to: 'lead', body: 'May I?' }, { env });
  await expect(call('answer', { question: 'q-1', text: 'yes' }, { env })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  await expect(call('send', { type: 'INSTRUCTION', to: 'dee', body: 'Stop' }, { env })).rejects.toMatchObject(
    { code: 'NOT_ALLOWED' },
  );
});

test('the name of a worker cannot be taken by a person', async () => {
  const { call, session } = await givenSheet();
  await session({ role: 'worker', name: 'cy' });
  await expect(call('task.claim', {}, { as: 'cy' })).rejects.toMatchObject({
    code: 'AGENT_NAME_TAKEN',
    exit: 'usage',
  });
});
