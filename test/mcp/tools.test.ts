import { describe, expect, test } from 'vitest';
import { openConflict } from '../../src/conflict/index.js';
import { givenSheet } from '../support/given-sheet.js';
import { givenMcp } from './given-mcp.js';

const WORKER = [
  ...['claim_task', 'complete_task', 'report', 'lock_files', 'add_discovery', 'search_context'],
  ...['send_message', 'get_status'],
];
const LEAD = ['init_coordination', 'create_task', 'stop_task', 'replan', 'resolve_conflict'];

describe('what a client is offered', () => {
  test.each([
    ['worker', WORKER],
    ['lead', [...LEAD, ...WORKER]],
  ] as const)('a %s sees its tools, in less than 2,000 tokens', async (role, names) => {
    const { root } = await givenSheet();
    const { client } = await givenMcp(root, { role });
    const listed = await client.listTools();
    expect(listed.tools.map(({ name }) => name)).toEqual(names);
    expect(JSON.stringify(listed.tools).length / 4).toBeLessThan(2_000);
  });

  test('prompts say the part of a lead and of a worker', async () => {
    const { root } = await givenSheet();
    const { client } = await givenMcp(root);
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['lead', 'worker']);
    const { messages } = await client.getPrompt({ name: 'worker' });
    expect(JSON.stringify(messages)).toContain('claim_task');
    const asWorker = await client.getPrompt({ name: 'lead' });
    expect(JSON.stringify(asWorker.messages)).toContain('a worker, and cannot make yourself the lead');
    await expect(client.getPrompt({ name: 'boss' })).rejects.toThrow('there are: lead, worker');
  });

  test('plan and notes are resources', async () => {
    const { root, call } = await givenSheet();
    await call('note.add', { kind: 'decision', text: '429 carries Retry-After' });
    const { client, use } = await givenMcp(root, { role: 'lead' });
    await use('init_coordination', { goal: 'Rate limits', tasks: [{ id: 'one', spec: 'Do it' }] });
    const textAt = async (uri: string) => JSON.stringify((await client.readResource({ uri })).contents);
    expect(await textAt('callsheet://plan')).toMatch(/Rate limits[\s\S]*one/);
    expect(await textAt('callsheet://notes')).toContain('429 carries Retry-After');
    await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow('no such resource');
  });

  test('outside a repository there is a server all the same, which says why it has nothing', async () => {
    const { client } = await givenMcp('/');
    expect(client.getInstructions()).toMatch(/nothing to offer here: .* is in no git repository/);
    expect(client.getServerCapabilities()).toEqual({});
  });
});

describe('a lead by MCP', () => {
  test('adds tasks one by one and several at once, all of them or none', async () => {
    const { root, call } = await givenSheet();
    const { use } = await givenMcp(root, { role: 'lead' });
    expect(await use('create_task', { title: 'One', priority: 2, files: ['a.txt'] })).toMatchObject({
      data: { id: 'task-1', priority: 2, files: ['a.txt'] },
    });
    expect(
      (await use('create_task', { tasks: [{ id: 'two', spec: 'Two', after: ['task-1'] }] })).data['tasks'],
    ).toMatchObject([{ id: 'two', state: 'waiting' }]);
    const half = await use('create_task', {
      tasks: [
        { id: 'three', spec: 'Three' },
        { id: 'four', spec: 'Four', after: ['nowhere'] },
      ],
    });
    expect(half).toMatchObject({ isError: true, data: { error: { code: 'TASK_UNKNOWN' } } });
    expect((await call<{ total: number }>('task.list')).total).toBe(2);
    expect(await use('create_task', { tasks: [{ id: 'x', spec: 'X', prio: 1 }] })).toMatchObject({
      isError: true,
      data: { error: { code: 'PLAN_INVALID' } },
    });
  });

  test('stops tasks, and changes the plan with a reason that is noted', async () => {
    const { root, call } = await givenSheet();
    const { use } = await givenMcp(root, { role: 'lead' });
    await use('create_task', { tasks: ['a', 'b', 'c'].map((id) => ({ id, spec: `Do ${id}` })) });
    expect(await use('stop_task', { id: 'a', reason: 'not needed' })).toMatchObject({
      data: { id: 'a', state: 'cancelled', reason: 'not needed' },
    });
    expect(await use('stop_task', { id: 'a', action: 'retry' })).toMatchObject({ data: { state: 'ready' } });
    const replanned = await use('replan', {
      reason: 'the table is there already',
      approach: 'Reuse it',
      tasks: [{ id: 'd', spec: 'Use the table' }],
      cancel: ['b', 'c'],
    });
    expect(replanned).toMatchObject({
      data: { approach: 'Reuse it', cancelled: [{ id: 'b' }, { id: 'c' }] },
    });
    expect(await call('goal')).toMatchObject({ approach: 'Reuse it', reason: 'the table is there already' });
    await use('replan', { reason: 'd is enough', cancel: ['a'] });
    const { notes } = await call<{ notes: { text: string }[] }>('note.list', { kind: 'decision' });
    expect(notes).toMatchObject([{ text: 'Replanned: d is enough' }]);
    expect(await call('task.show', { id: 'd' })).toMatchObject({ state: 'ready' });
  });
});

describe('a conflict by MCP', () => {
  test('is listed and decided by the lead', async () => {
    const { root, call, sheet } = await givenSheet();
    await call('task.add', { title: 'One' });
    await sheet.store.transaction((tx) =>
      openConflict(tx, {
        ...{ kind: 'file', taskId: 'task-1', attempt: 1, otherTaskIds: ['task-0'] },
        ...{ paths: ['a.txt'], hunks: '<<<<<<<' },
      }),
    );
    const { use } = await givenMcp(root, { role: 'lead' });
    expect(await use('resolve_conflict', {})).toMatchObject({
      data: { conflicts: [{ id: 'conflict-1', paths: ['a.txt'] }] },
    });
    const decision = { conflict: 'conflict-1', decision: 'Both are wanted' };
    expect(await use('resolve_conflict', decision)).toMatchObject({ isError: true });
    expect(await use('resolve_conflict', { ...decision, keep: 'both' })).toMatchObject({
      data: { conflict: 'conflict-1', task: 'task-1', keep: 'both' },
    });
    expect(await call('conflict.list')).toMatchObject({
      conflicts: [{ state: 'open', decision: { keep: 'both', reason: 'Both are wanted' } }],
    });
  });
});

describe('a worker by MCP', () => {
  test('fails, releases and keeps what it holds', async () => {
    const { root, call } = await givenSheet();
    await call('task.add', { title: 'One' });
    const { use } = await givenMcp(root);
    expect(await use('complete_task', { result: { summary: 'x' } })).toMatchObject({
      isError: true,
      data: { error: { code: 'CLAIM_MISSING' } },
    });
    await use('claim_task');
    expect(
      await use('complete_task', { outcome: 'released', result: { summary: 'not mine' } }),
    ).toMatchObject({ data: { id: 'task-1', state: 'ready', reason: 'not mine' } });
    await use('claim_task', { id: 'task-1' });
    expect(
      await use('complete_task', { outcome: 'failed', result: { summary: 'no network' } }),
    ).toMatchObject({ data: { failures: 1 } });
  });

  test('the write of a claim that has gone is refused, though its session holds the task again', async () => {
    const { root, call } = await givenSheet();
    await call('task.add', { title: 'One' });
    const { use } = await givenMcp(root);
    await use('claim_task');
    await call('task.cancel', { id: 'task-1' });
    await call('task.retry', { id: 'task-1' });
    expect(await use('complete_task', { result: { summary: 'late' } })).toMatchObject({
      isError: true,
      data: { error: { code: 'LEASE_LOST', hint: expect.stringContaining('claim_task') as string } },
    });
    expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'ready' });
  });

  test('locks, notes and finds', async () => {
    const { root } = await givenSheet();
    const [ada, bo] = [await givenMcp(root), await givenMcp(root)];
    await ada.use('lock_files', { paths: ['src/**'], reason: 'moving it' });
    expect(await bo.use('lock_files', { paths: ['src/a.ts'] })).toMatchObject({
      isError: true,
      data: { error: { code: 'LOCK_HELD', message: expect.stringContaining('moving it') as string } },
    });
    await ada.use('lock_files', { paths: ['src/**'], release: true });
    expect((await bo.use('lock_files', { paths: ['src/a.ts'], wait: 5 })).isError).toBe(false);
    await ada.use('add_discovery', { text: 'The cookie is signed', tags: ['auth'], files: ['a.txt'] });
    expect((await bo.use('search_context', { query: 'cookie' })).text).toContain('The cookie is signed');
    expect((await bo.use('search_context', { query: 'a.txt' })).text).toContain('The cookie is signed');
  });

  test('a decision of another reaches it with its next call, once', async () => {
    const { root } = await givenSheet();
    const [ada, bo] = [await givenMcp(root), await givenMcp(root)];
    await bo.use('get_status');
    await ada.use('add_discovery', { kind: 'decision', text: 'Dates are UTC' });
    expect((await bo.use('get_status')).text).toMatch(
      /a new decision, note-1\. \w+ \(worker\) noted:\n> Dates are UTC/,
    );
    expect((await bo.use('get_status')).text).not.toContain('Dates are UTC');
  });

  test('a message is delivered with an answer, and acknowledged by the next call', async () => {
    const { root, call } = await givenSheet();
    const { use } = await givenMcp(root);
    await use('get_status');
    await call('send', { type: 'INSTRUCTION', to: 'ada', body: 'Use the index' }, { as: 'mia' });
    const told = await use('report', { kind: 'progress', text: 'x' });
    expect(told).toMatchObject({ isError: true, data: { error: { code: 'CLAIM_MISSING' } } });
    expect(told.text).toMatch(
      /INSTRUCTION from mia \(a person\).*\n> Use the index\nThis comes from a person/,
    );
    expect(told.data['messages']).toContain('> Use the index');
    expect((await use('get_status')).data['messages']).toBeUndefined();
    const { events } = await call<{ events: { type: string }[] }>('log', { type: 'message' });
    expect(events.map(({ type }) => type)).toEqual([
      ...['message.sent', 'message.delivered', 'message.acknowledged'],
    ]);
  });
});
