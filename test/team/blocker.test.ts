import { expect, test } from 'vitest';
import { HAND_LEASE_MS } from '../../src/task/index.js';
import { givenTeam } from './given-team.js';

async function givenClaim() {
  const team = await givenTeam();
  await team.call('task.add', { title: 'Limiter' }, { as: 'mia' });
  const [ada, bo] = [await team.from('ada'), await team.from('bo')];
  await team.call('task.claim', {}, ada);
  const state = async () =>
    (await team.call<{ state: string; claimedBy?: string }>('task.show', { id: 'task-1' })).state;
  return { ...team, asAda: ada, asBo: bo, state };
}

test('a blocker pauses the claim, and the answer resumes it and reaches the worker at its next step', async () => {
  const team = await givenClaim();
  const sent = { type: 'BLOCKER', body: 'Keep v1?', option: ['yes', 'no'] };
  expect(await team.call('send', sent, team.asAda)).toMatchObject({
    id: 'q-1',
    blocked: 'task-1',
    task: 'task-1',
  });
  expect(await team.state()).toBe('blocked');
  expect(await team.call('status')).toMatchObject({ needsYou: [{ id: 'q-1', task: 'task-1' }] });
  expect(await team.call('answer', { question: 'q-1', text: 'Keep it' }, { as: 'mia' })).toMatchObject({
    resumed: 'task-1',
  });
  expect(await team.call('task.show', { id: 'task-1' })).toMatchObject({
    state: 'running',
    attempt: 1,
    claimedBy: 'ada',
  });
  expect((await team.ada.read('a.txt')).told).toContain(
    'ANSWER from mia (a person), about task-1, to q-1:\n> Keep it',
  );
});

test('what is blocked is not taken back, however long the answer takes', async () => {
  const team = await givenClaim();
  await team.call('send', { type: 'BLOCKER', body: 'Keep v1?' }, team.asAda);
  team.clock.advance(3 * HAND_LEASE_MS);
  await expect(team.call('task.claim', {}, team.asBo)).rejects.toMatchObject({ code: 'NOTHING_READY' });
  expect(await team.state()).toBe('blocked');
  await team.call('answer', { question: 'q-1', text: 'Keep it' }, { as: 'mia' });
  team.clock.advance(HAND_LEASE_MS / 2);
  await team.call('status', {}, team.asBo);
  expect(await team.state()).toBe('running');
});

test('another agent that is asked besides may answer; one that was not may not', async () => {
  const team = await givenClaim();
  const cy = await team.agent('cy');
  await team.call('send', { type: 'BLOCKER', to: 'bo', body: 'Which port?' }, team.asAda);
  expect((await team.bo.read('a.txt')).told).toContain('It waits for: callsheet answer q-1 "…"');
  await expect(team.call('answer', { question: 'q-1', text: '80' }, cy)).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  expect(await team.state()).toBe('blocked');
  await team.call('send', { type: 'ANSWER', replyTo: 'q-1', body: '8080' }, team.asBo);
  expect(await team.state()).toBe('running');
});

test('a blocker is about a task of its sender, and says which when there are several', async () => {
  const team = await givenClaim();
  await team.call('task.add', { title: 'Other' }, { as: 'mia' });
  const send = (more: object, options: object) =>
    team.call('send', { type: 'BLOCKER', body: 'Why?', ...more }, options);
  await expect(send({}, team.asBo)).rejects.toMatchObject({ code: 'BLOCKER_OF_NOTHING', exit: 'usage' });
  await expect(send({ task: 'task-1' }, team.asBo)).rejects.toMatchObject({ code: 'ATTEMPT_NEEDED' });
  await team.call('task.claim', { id: 'task-2' }, team.asAda);
  await expect(send({}, team.asAda)).rejects.toMatchObject({ code: 'BLOCKER_OF_NOTHING' });
  expect(await send({ task: 'task-2' }, team.asAda)).toMatchObject({ blocked: 'task-2' });
  expect(await team.state()).toBe('running');
});
