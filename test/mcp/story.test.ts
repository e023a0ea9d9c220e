import { expect, test } from 'vitest';
import { givenSheet } from '../support/given-sheet.js';
import { givenMcp, type McpClient } from './given-mcp.js';

/** Six tasks: two that begin, two that wait for one of them each, one for both of those, one for all. */
const TASKS = [
  {
    id: 'limiter',
    title: 'Token bucket',
    spec: 'Create src/limiter.js',
    files: ['src/limiter.js'],
    priority: 1,
  },
  { id: 'audit', title: 'Audit table', spec: 'Create src/audit.js', files: ['src/audit.js'], priority: 2 },
  { id: 'middleware', spec: 'Use the limiter in src/server.js', after: ['limiter'] },
  { id: 'events', spec: 'Write audit events in src/audit.js', after: ['audit'] },
  { id: 'docs', spec: 'Document both in docs/api.md', after: ['middleware', 'events'] },
  { id: 'release', spec: 'Write the changelog', after: ['docs'] },
];

const done = (worker: McpClient, summary: string, more: object = {}) =>
  worker.use('complete_task', { outcome: 'done', result: { summary, ...more } });

test('a lead and two workers finish six tasks by MCP alone: a blocker is answered, a worker is steered', async () => {
  const { root, call } = await givenSheet();
  const lead = await givenMcp(root, { role: 'lead' });
  const [bo, cy] = [await givenMcp(root), await givenMcp(root)];

  const planned = await lead.use('init_coordination', {
    goal: 'Rate limits and an audit log',
    approach: 'A bucket for each key',
    tasks: TASKS,
  });
  expect(planned).toMatchObject({ isError: false, data: { goal: 'Rate limits and an audit log' } });
  expect(planned.text).toContain('Added limiter, audit, middleware, events, docs, release');

  const [first, second] = [await bo.use('claim_task'), await cy.use('claim_task')];
  expect([first.data['id'], second.data['id']]).toEqual(['limiter', 'audit']);
  expect(first.text).toContain('> Create src/limiter.js');
  expect(await cy.use('claim_task', { id: 'limiter' })).toMatchObject({
    isError: true,
    data: { error: { code: 'TASK_NOT_READY' } },
  });

  // Blocked, answered by the lead, gone on with.
  await bo.use('report', { kind: 'blocker', text: 'Which burst size?', options: ['10', '20'] });
  const asked = await lead.use('get_status');
  expect(asked.text).toContain('q-1 BLOCKER from');
  expect(asked.text).toContain('> Which burst size?');
  await lead.use('resolve_conflict', { question: 'q-1', decision: '20, as in v1' });
  const answered = await bo.use('report', { kind: 'progress', text: 'The bucket fills' });
  expect(answered.text).toContain('> 20, as in v1');
  // Steered in the middle of its work; delivered once.
  await lead.use('send_message', { to: 'audit', type: 'INSTRUCTION', body: 'Keep the existing index' });
  expect((await cy.use('report', { kind: 'progress', text: 'half' })).text).toContain(
    'Keep the existing index',
  );
  expect((await cy.use('report', { kind: 'progress', text: 'more' })).text).not.toContain(
    'Keep the existing',
  );

  await done(bo, 'The bucket is in src/limiter.js', {
    files: ['src/limiter.js'],
    findings: ['take(key) answers the milliseconds to wait'],
  });
  const dependent = await bo.use('claim_task');
  expect(dependent.data).toMatchObject({
    id: 'middleware',
    results: [{ id: 'limiter', findings: ['take(key) answers the milliseconds to wait'] }],
  });
  expect(dependent.text).toContain('> - take(key) answers the milliseconds to wait');

  const heard = await lead.use('get_status');
  expect(heard.text).toContain('limiter is done: The bucket is in src/limiter.js. Ready now: middleware.');

  await done(cy, 'The table is there');
  expect((await cy.use('claim_task')).data['id']).toBe('events');
  await done(cy, 'Events are written');
  const idle = await cy.use('claim_task');
  expect(idle).toMatchObject({ isError: false, data: { error: { code: 'NOTHING_READY' } } });
  expect(idle.text).toContain('docs waits for middleware (running, held by bo)');

  await done(bo, 'Requests over the limit get 429');
  expect((await cy.use('claim_task')).data['id']).toBe('docs');
  await done(cy, 'Documented');
  expect((await bo.use('claim_task')).data['id']).toBe('release');
  await done(bo, 'Written');
  const last = await lead.use('get_status');
  expect(last.text).toContain('6 of 6 tasks complete');
  const attempts = await call<{ rows: unknown[] }>('sql', { query: 'select distinct attempt from attempts' });
  expect(attempts.rows).toEqual([{ attempt: 1 }]);
});
