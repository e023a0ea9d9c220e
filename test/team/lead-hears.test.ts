import { beforeEach, expect, test } from 'vitest';
import type { CallOptions } from '../support/given-sheet.js';
import { givenTeam } from './given-team.js';

let team: Awaited<ReturnType<typeof givenTeam>>;
let lead: Awaited<ReturnType<typeof team.lead>>;
let ada: CallOptions;

beforeEach(async () => {
  team = await givenTeam();
  lead = await team.lead('kai');
  ada = await team.from('ada');
  await team.call('task.add', { title: 'Limiter', attempts: '1' }, { as: 'mia' });
  await team.call('task.add', { title: 'Docs', after: ['task-1'] }, { as: 'mia' });
  await team.call('task.claim', { lease: '1m' }, ada);
  await lead.prompt('go on');
});

/** What the lead hears with its next step, without having asked for anything. */
async function heard(): Promise<string> {
  return (await lead.read('a.txt')).told ?? '';
}

test('a completion, and what it made ready', async () => {
  await team.call('task.complete', { id: 'task-1', summary: 'It limits' }, ada);
  expect(await heard()).toContain('> task-1 is done: It limits. Ready now: task-2.');
});

test('a failure', async () => {
  await team.call('task.fail', { id: 'task-1', reason: 'no key' }, ada);
  expect(await heard()).toContain('> Attempt 1 at task-1 failed: no key. Its 1 attempts are used up');
});

test('a blocker, with how to answer it', async () => {
  await team.call('send', { type: 'BLOCKER', body: 'Keep v1?' }, ada);
  expect(await heard()).toContain('> Keep v1?\nIt waits for: callsheet answer q-1 "…"');
});

test('a request for review, and its verdict', async () => {
  await team.call('send', { type: 'REVIEW_REQUEST', body: 'It limits' }, ada);
  expect(await heard()).toContain('REVIEW_REQUEST from ada (worker), about task-1:\n> It limits');
  const verdict = { type: 'REVIEW_RESULT', task: 'task-1', verdict: 'approved', body: 'Good' };
  await team.call('send', verdict, await team.from('bo'));
  expect(await heard()).toContain('REVIEW_RESULT from bo (worker), about task-1:\n> Good');
});

test('a lapsed lease, whoever finds it', async () => {
  await team.call('task.release', { id: 'task-1' }, ada);
  const zoe = await team.agent('zoe');
  await team.call('task.claim', { id: 'task-1', lease: '1m' }, zoe);
  await heard();
  team.clock.advance(61_000);
  await team.call('status', {}, { as: 'mia' });
  expect(await heard()).toContain('> task-1 was taken back: attempt 2 gave no sign of life');
});

test('the empty queue, once for each time that it empties', async () => {
  await team.call('task.complete', { id: 'task-1' }, ada);
  expect(await heard()).not.toContain('No task is open any more');
  await team.call('task.claim', {}, ada);
  await team.call('task.complete', { id: 'task-2' }, ada);
  expect(await heard()).toContain('> task-2 is done: Docs. No task is open any more.');
  expect(await heard()).toBe('');
  await team.call('task.add', { title: 'More' }, { as: 'mia' });
  await team.call('task.claim', {}, ada);
  await team.call('task.complete', { id: 'task-3' }, ada);
  expect(await heard()).toContain('No task is open any more.');
});

test('that a message has opened a task again', async () => {
  await team.call('task.complete', { id: 'task-1' }, ada);
  await heard();
  await team.call('send', { type: 'INSTRUCTION', to: 'task-1', body: 'Also bytes' }, { as: 'mia' });
  expect(await heard()).toContain('> mia has opened task-1 again. Ready now: task-1.');
});
