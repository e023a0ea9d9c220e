import { beforeEach, describe, expect, test } from 'vitest';
import { findMessages, openQuestions } from '../../src/message/index.js';
import { put } from '../guard/given-sessions.js';
import { runCallsheet } from '../support/command.js';
import { givenTeam } from './given-team.js';

interface Answered {
  answer?: { body: string; from: string; replyTo: string };
  passedOn?: { id: string; to: string };
}

describe('a query', () => {
  let team: Awaited<ReturnType<typeof givenTeam>>;
  let ask: (body: string, more?: object) => Promise<Answered>;
  beforeEach(async () => {
    team = await givenTeam({ 'a.txt': 'one\n', 'src/limit.js': 'limit\n' });
    const ada = await team.from('ada');
    ask = (body, more = {}) => team.call<Answered>('send', { type: 'QUERY', body, ...more }, ada);
    const note = (kind: string, text: string, more = {}) =>
      team.call('note.add', { kind, text, ...more }, { as: 'mia' });
    await note('decision', 'The API listens on port 8080.');
    await note('contract', 'Requests over the limit get 429', { file: ['src/limit.js'] });
    await team.call('note.set', { key: 'node-version', text: '20' }, { as: 'mia' });
  });

  test.each([
    ['Which port does the API listen on?', 'note-1, a decision, by mia:\n> The API listens on port 8080.'],
    ['which ports?', '> The API listens'],
    ['What is the node-version', 'note-3, a state, by mia, key node-version:\n> 20'],
    ['What do requests get that are over the limits?', '> Requests over the limit get 429'],
  ])('%s is answered by callsheet from the notes, quoted', async (body, found) => {
    const { answer, passedOn } = await ask(body);
    expect(answer).toMatchObject({ type: 'ANSWER', from: 'callsheet', replyTo: 'm-1' });
    expect(answer?.body).toContain(found);
    expect(passedOn).toBeUndefined();
    expect(await openQuestions(team.sheet.store)).toEqual([]);
  });

  test('its answer has been brought with the answer of the command, and not again', async () => {
    await team.ada.prompt('the decision is told here');
    await ask('Which port?');
    expect(await team.states('ada')).toEqual(['delivered']);
    expect(await team.ada.read('a.txt')).toEqual({});
    expect(await team.states('ada')).toEqual(['acknowledged']);
  });

  test('about a path finds the notes about it, and says what is possibly stale', async () => {
    expect((await ask('Anything?', { path: ['src'], to: 'context' })).answer?.body).toContain(
      'note-2, a contract, by mia, about src/limit.js:',
    );
    put(team.path('src/limit.js'), 'other\n');
    expect((await ask('Anything?', { path: ['src/limit.js'] })).answer?.body).toContain('possibly stale');
  });

  test.each(['Which database do we use?', 'Does the API speak gRPC or Thrift over sockets?', '???'])(
    '%s that no note answers is asked of the lead and the person',
    async (body) => {
      const { answer, passedOn } = await ask(body);
      expect(answer).toBeUndefined();
      expect(passedOn).toMatchObject({ type: 'QUESTION', id: 'q-1', replyTo: 'm-1', from: 'ada' });
      await team.call('answer', { question: 'q-1', text: 'Ask Bo' }, { as: 'mia' });
      expect((await team.ada.read('a.txt')).told).toContain('> Ask Bo');
    },
  );

  test('that is passed on says to whom, in words', async () => {
    const { root } = team;
    const { stdout } = await runCallsheet(root, ['send', 'QUERY', 'Which database?', '--as', 'mia'], {
      HOME: root,
    });
    expect(stdout).toMatch(/^The notes do not say\. Asked the lead as q-1;/);
  });

  test('of a lead is passed on to the person alone', async () => {
    const kai = await team.agent('kai', 'supervisor');
    await team.call('send', { type: 'QUERY', body: 'Which database?' }, kai);
    expect(await team.statesOf('role:human')).toEqual(['queued']);
    expect(await team.statesOf('role:supervisor')).toEqual([]);
  });

  test('goes to nobody but the notes', async () => {
    await expect(ask('Which port?', { to: 'bo' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      exit: 'usage',
    });
    await expect(
      team.call('send', { type: 'QUESTION', to: 'context', body: 'x' }, { as: 'mia' }),
    ).rejects.toMatchObject({ code: 'RECIPIENT_UNKNOWN' });
    expect(await findMessages(team.sheet.store, {})).toEqual([]);
  });

  test('is words to look for and nothing else, and its answer is bounded', async () => {
    for (let n = 0; n < 8; n += 1) {
      await team.call('note.add', { kind: 'discovery', text: `zebra ${n} ${'x'.repeat(7_000)}` });
    }
    const { answer } = await ask('xylo" OR NEAR(phone zebra) * ^ : -"');
    expect(answer).toBeUndefined();
    expect((await ask('zebra')).answer?.body.length).toBeLessThan(7_000);
  });
});
