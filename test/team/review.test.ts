import { beforeEach, describe, expect, test } from 'vitest';
import { findEvents } from '../../src/event/index.js';
import { claimTask, createTasks } from '../../src/task/index.js';
import type { CallOptions } from '../support/given-sheet.js';
import { givenTeam } from './given-team.js';

interface Shown {
  state: string;
  attempt: number;
  claimedBy?: string;
  reason?: string;
  kind: string;
  spec: string;
  assignee?: string;
  reviews?: string;
  result?: { summary: string; findings: string[]; data: unknown };
}

describe('a review', () => {
  let team: Awaited<ReturnType<typeof givenTeam>>;
  let ada: CallOptions;
  let bo: CallOptions;
  const show = (id: string) => team.call<Shown>('task.show', { id });
  const request = (more: object = {}) =>
    team.call('send', { type: 'REVIEW_REQUEST', body: 'It limits', ...more }, ada);
  const result = (verdict: string, options: CallOptions, more: object = {}) =>
    team.call('send', { type: 'REVIEW_RESULT', verdict, body: 'I have looked', ...more }, options);

  beforeEach(async () => {
    team = await givenTeam();
    [ada, bo] = [await team.from('ada'), await team.from('bo')];
    await team.call(
      'task.add',
      { title: 'Limiter', spec: 'Write src/limit.js', priority: '2' },
      { as: 'mia' },
    );
    await team.call('task.claim', {}, ada);
  });

  test('is asked for: the task waits with its claim, and there is a task for whoever reviews', async () => {
    expect(await request({ path: ['a.txt'], commit: 'main' })).toMatchObject({
      review: 'task-2',
      task: 'task-1',
    });
    expect(await show('task-1')).toMatchObject({
      ...{ state: 'review', attempt: 1, claimedBy: 'ada', reason: 'waits for its review, task-2' },
    });
    const review = await show('task-2');
    expect(review).toMatchObject({ state: 'ready', kind: 'review', reviews: 'task-1', priority: 2 });
    for (const said of ['Write src/limit.js', 'It limits', 'Files: a.txt', '--task task-2 --verdict'])
      expect(review.spec).toContain(said);
    expect((await team.call<{ sentence: string }>('status')).sentence).toContain('one in review');
    const { messages } = await team.call<{ messages: object[] }>('inbox', {}, { as: 'mia' });
    expect(messages.at(-1)).toMatchObject({
      type: 'REVIEW_REQUEST',
      data: { review: 'task-2', paths: ['a.txt'] },
    });
  });

  test('is never claimed by whoever has worked on the task', async () => {
    await request();
    await expect(team.call('task.claim', {}, ada)).rejects.toMatchObject({
      code: 'NOTHING_READY',
      message: expect.stringContaining('task-2 reviews task-1, which ada has worked on') as string,
    });
    await expect(team.call('task.claim', { id: 'task-2' }, ada)).rejects.toMatchObject({
      code: 'TASK_NOT_READY',
    });
    await expect(result('approved', ada, { task: 'task-1' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(result('approved', ada, { task: 'task-2' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await findEvents(team.sheet.store, { type: 'operation.refused' })).toHaveLength(2);
    expect(await team.call('task.claim', {}, bo)).toMatchObject({ id: 'task-2', reviews: 'task-1' });
  });

  test('that approves lets the same attempt go on, which then can be completed', async () => {
    await request();
    await team.call('task.claim', {}, bo);
    expect(await result('approved', bo, { finding: ['fast enough'] })).toMatchObject({
      resumed: 'task-1',
      review: 'task-2',
    });
    expect(await show('task-1')).toMatchObject({ state: 'running', attempt: 1, claimedBy: 'ada' });
    expect(await show('task-2')).toMatchObject({
      ...{
        state: 'done',
        result: { summary: 'I have looked', findings: ['fast enough'], data: { verdict: 'approved' } },
      },
    });
    expect((await team.ada.read('a.txt')).told).toContain(
      '> I have looked\n> verdict: approved\n> finding: fast enough\nApproved: task-1 goes on and can be completed.',
    );
    expect(await team.call('task.complete', { id: 'task-1' }, ada)).toMatchObject({ state: 'done' });
  });

  test('that asks for changes sends the same attempt back, which may ask again', async () => {
    await request();
    await result('changes-requested', bo, { task: 'task-1', finding: ['off by one'] });
    expect(await show('task-1')).toMatchObject({ state: 'running', attempt: 1, claimedBy: 'ada' });
    expect((await team.ada.read('a.txt')).told).toContain('> finding: off by one\nChanges are asked for');
    expect(await request()).toMatchObject({ review: 'task-3' });
    await result('approved', bo, { task: 'task-3' });
    expect(await show('task-1')).toMatchObject({ state: 'running', attempt: 1 });
  });

  test('by name is for that reviewer alone, who is told what to do', async () => {
    const cy = await team.agent('cy', 'reviewer');
    await request({ to: 'bo' });
    expect(await show('task-2')).toMatchObject({ assignee: 'bo' });
    expect((await team.bo.read('a.txt')).told).toContain(
      '> It limits\n> review: task-2\nTake it: callsheet task claim task-2',
    );
    await expect(team.call('task.claim', {}, cy)).rejects.toMatchObject({ code: 'NOTHING_READY' });
    await expect(result('approved', cy, { task: 'task-2' })).rejects.toMatchObject({
      code: 'TASK_NOT_READY',
    });
    await result('approved', bo, { task: 'task-2' });
    expect(await show('task-1')).toMatchObject({ state: 'running' });
  });

  test('for reviewers reaches those who are there, and waits when nobody is', async () => {
    await request({ to: 'reviewers' });
    expect(await show('task-1')).toMatchObject({ state: 'review' });
    await result('changes-requested', bo, { task: 'task-1' });
    const cy = await team.agent('cy', 'reviewer');
    await request({ to: 'reviewers' });
    expect(await team.call('inbox', {}, cy)).toMatchObject({ messages: [{ type: 'REVIEW_REQUEST' }] });
    expect(await team.call('task.claim', {}, cy)).toMatchObject({ id: 'task-3' });
  });

  test('is not asked of whoever has worked on the task, nor about what one does not hold', async () => {
    await team.call('task.release', { id: 'task-1' }, ada);
    await team.call('task.claim', {}, bo);
    const ask = (to: string, options: CallOptions) =>
      team.call('send', { type: 'REVIEW_REQUEST', task: 'task-1', to, body: 'Done' }, options);
    await expect(ask('ada', bo)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(ask('bo', bo)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(request()).rejects.toMatchObject({ code: 'REVIEW_OF_NOTHING', exit: 'usage' });
    await expect(request({ task: 'task-1' })).rejects.toMatchObject({ code: 'ATTEMPT_NEEDED' });
    expect(await show('task-1')).toMatchObject({ state: 'running' });
  });

  test('cannot be completed without a verdict, nor by whoever does not hold it', async () => {
    const cy = await team.agent('cy');
    await request();
    await team.call('task.claim', {}, bo);
    await expect(team.call('task.complete', { id: 'task-2' }, bo)).rejects.toMatchObject({
      code: 'REVIEW_VERDICT_NEEDED',
    });
    await expect(team.call('send', { type: 'REVIEW_RESULT', body: 'x' }, bo)).rejects.toMatchObject({
      code: 'INPUT_MISSING',
    });
    await expect(result('approved', cy, { task: 'task-2' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(result('approved', cy)).rejects.toMatchObject({ code: 'REVIEW_OF_NOTHING' });
    await expect(team.call('task.complete', { id: 'task-1' }, ada)).rejects.toMatchObject({
      code: 'TASK_STATE',
    });
    expect(await result('approved', { as: 'mia' }, { task: 'task-2' })).toMatchObject({ resumed: 'task-1' });
    await expect(result('approved', bo, { task: 'task-2' })).rejects.toMatchObject({
      code: 'TASK_NOT_READY',
    });
  });

  test('that ends without a verdict lets the task go on, and its agent hears why', async () => {
    await request();
    await team.call('task.cancel', { id: 'task-2', reason: 'no time' }, { as: 'mia' });
    expect(await show('task-1')).toMatchObject({ state: 'running', attempt: 1, claimedBy: 'ada' });
    expect((await team.ada.read('a.txt')).told).toContain(
      '> task-2, the review of task-1, ended without a verdict: no time. task-1 goes on.',
    );
    await request();
    await team.call('task.claim', {}, bo);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      if (attempt > 1) await team.call('task.claim', { id: 'task-3' }, bo);
      await team.call('task.fail', { id: 'task-3', reason: 'cannot see it' }, bo);
      team.clock.advance(60_000);
    }
    expect(await show('task-3')).toMatchObject({ state: 'failed' });
    expect(await show('task-1')).toMatchObject({ state: 'running' });
  });

  test.each([
    ['release', () => team.call('task.release', { id: 'task-1' }, ada)],
    ['cancel', () => team.call('task.cancel', { id: 'task-1' }, { as: 'mia' })],
    ['resume', () => team.call('task.resume', { id: 'task-1' }, { as: 'mia' })],
  ])('is called off when its task leaves it by %s, and the reviewer hears', async (_, leave) => {
    await request();
    await team.call('task.claim', {}, bo);
    await leave();
    expect(await show('task-2')).toMatchObject({ state: 'cancelled' });
    expect((await team.bo.read('a.txt')).told).toContain('> task-2 is cancelled');
  });

  test('is not lapsed while it is waited for', async () => {
    await request();
    team.clock.advance(24 * 3_600_000);
    await team.call('status', {}, bo);
    expect(await show('task-1')).toMatchObject({ state: 'review', claimedBy: 'ada' });
  });
});

test('the work of a run is not sent to review: its gate looks at it', async () => {
  const team = await givenTeam();
  const id = await team.idOf('ada');
  await team.sheet.store.transaction(async (tx) => {
    await createTasks(tx, [{ id: 'limiter', runId: 'run-1', title: 'x', spec: 'x' }]);
    await claimTask(tx, 'limiter', { id, name: 'ada' }, 90_000);
  });
  await expect(
    team.call('send', { type: 'REVIEW_REQUEST', body: 'Done' }, await team.from('ada')),
  ).rejects.toMatchObject({ code: 'REVIEW_IN_RUN', exit: 'refused' });
});
