import { expect, test } from 'vitest';
import { findEvents } from '../../src/event/index.js';
import { givenTeam } from './given-team.js';

test('a question between two workers is answered by the one, and reaches the other at its next step', async () => {
  const team = await givenTeam();
  const [ada, bo] = [await team.from('ada'), await team.from('bo')];
  await team.call('send', { type: 'QUESTION', to: 'bo', body: 'Which port?', option: ['80', '8080'] }, ada);
  const { told } = await team.bo.read('a.txt');
  expect(told).toContain('> Which port?\n> option: 80\n> option: 8080\nAnswer it: callsheet answer q-1 "…"');
  expect(await team.call('answer', { question: 'q-1', text: '8080' }, bo)).toMatchObject({ question: 'q-1' });
  expect((await team.ada.read('a.txt')).told).toContain('ANSWER from bo (worker), to q-1:\n> 8080');
  await expect(team.call('answer', { question: 'q-1', text: '80' }, bo)).rejects.toMatchObject({
    code: 'QUESTION_ANSWERED',
  });
});

test('send ANSWER needs no recipient: it goes to who asked', async () => {
  const team = await givenTeam();
  await team.call('send', { type: 'QUESTION', to: 'bo', body: 'Which port?' }, await team.from('ada'));
  const answer = { type: 'ANSWER', replyTo: 'q-1', body: '8080' };
  expect(await team.call('send', answer, await team.from('bo'))).toMatchObject({
    type: 'ANSWER',
    replyTo: 'q-1',
  });
  expect((await team.ada.read('a.txt')).told).toContain('> 8080');
});

test('what a person was asked, or another worker, nobody else answers; the attempt is in the log', async () => {
  const team = await givenTeam();
  const [ada, bo] = [await team.from('ada'), await team.from('bo')];
  await team.agent('cy');
  await team.call('send', { type: 'QUESTION', to: 'human', body: 'May I?' }, ada);
  await team.call('send', { type: 'QUESTION', to: 'cy', body: 'Which port?' }, ada);
  const attempts = [
    team.call('answer', { question: 'q-1', text: 'You may' }, bo),
    team.call('send', { type: 'ANSWER', replyTo: 'q-1', body: 'You may' }, bo),
    team.call('answer', { question: 'q-1', text: 'I may' }, ada),
    team.call('answer', { question: 'q-2', text: '80' }, bo),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(await findEvents(team.sheet.store, { type: 'operation.refused' })).toHaveLength(attempts.length);
  expect(await team.ada.read('a.txt')).toEqual({});
  expect(await team.call('answer', { question: 'q-2', text: '80' }, { as: 'mia' })).toMatchObject({
    question: 'q-2',
  });
});

test('without --to a question is not sent, to nobody and to everybody least of all', async () => {
  const team = await givenTeam();
  await expect(
    team.call('send', { type: 'QUESTION', body: 'Anybody?' }, await team.from('ada')),
  ).rejects.toMatchObject({ code: 'INPUT_MISSING', exit: 'usage' });
  await team.call('send', { type: 'QUESTION', to: 'all', body: 'Everybody?' }, await team.from('ada'));
  expect((await team.bo.read('a.txt')).told).toContain('> Everybody?');
});

test('what a type cannot carry is refused', async () => {
  const team = await givenTeam();
  await expect(
    team.call('send', { type: 'QUESTION', to: 'bo', body: 'x', path: ['a.txt'] }, await team.from('ada')),
  ).rejects.toMatchObject({ code: 'MESSAGE_INVALID', hint: 'It may carry: options.' });
});
