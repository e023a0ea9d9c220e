import { describe, expect, test } from 'vitest';
import { givenSessions, type Session } from './given-sessions.js';

const ROWS = Array.from({ length: 300 }, (_, at) => `row ${at + 1}\n`).join('');

/** A session that has seen all of a long file, and another that has changed row 200 since. */
async function givenChangeUnseen() {
  const given = await givenSessions({ 'a.txt': ROWS });
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.read('a.txt');
  await bo.edit('a.txt', 'row 200\n', 'work of bo\n');
  return { ...given, ada, bo };
}

describe('a look at a part of a file that another has changed', () => {
  test.each(['grep "row 1$" a.txt', 'head -3 a.txt', 'wc -l a.txt', 'git log --oneline -- a.txt'])(
    'does not keep the change from being told: %s',
    async (command) => {
      const { ada } = await givenChangeUnseen();
      expect((await ada.bash(command)).told).toContain('+work of bo');
    },
  );

  test('does not keep an edit beside the change from being refused', async () => {
    const { ada, path } = await givenChangeUnseen();
    await ada.ask('Read', { file_path: path('a.txt'), limit: 5 });
    expect((await ada.edit('a.txt', 'row 201\n', 'x\n')).refused).toContain('+work of bo');
  });

  test('does not keep the change from being shown to a whole-file write', async () => {
    const { ada, path } = await givenChangeUnseen();
    await ada.ask('Read', { file_path: path('a.txt'), limit: 5 });
    expect((await ada.write('a.txt', ROWS)).refused).toContain('+work of bo');
  });

  test('shows it where it holds the changed lines: an edit there passes', async () => {
    const { ada } = await givenChangeUnseen();
    await ada.read('a.txt', { offset: 195, limit: 10 });
    expect((await ada.edit('a.txt', 'row 201\n', 'x\n')).refused).toBeUndefined();
    expect((await ada.write('a.txt', ROWS)).refused).toBeUndefined();
  });

  test('is not told again what it has shown, however long that was', async () => {
    const given = await givenSessions({ 'a.txt': ROWS.replaceAll('row', 'row '.repeat(40)) });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', ' 50\n', ' work of bo\n');
    expect(await ada.read('a.txt', { offset: 1, limit: 100 })).toEqual({});
  });

  test('does not either where only a part was known before: the refusal of a whole-file write shows the change', async () => {
    const given = await givenSessions({ 'a.txt': ROWS });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt', { limit: 5 });
    await bo.edit('a.txt', 'row 200\n', 'work of bo\n');
    await ada.ask('Read', { file_path: given.path('a.txt'), limit: 5 });
    const { refused } = await ada.write('a.txt', ROWS);
    expect(refused).toMatch(/a part only[\s\S]*bo wrote it[\s\S]*\+work of bo[\s\S]*It begins:\nrow 1\n/);
    expect((await ada.write('a.txt', ROWS)).refused).toBeUndefined();
  });

  test('of a subagent does not hide the change from the agent it works for', async () => {
    const { ada, ...given } = await givenChangeUnseen();
    const sub = await ada.subagent('sub1');
    await given.bo.edit('a.txt', 'row 100\n', 'more of bo\n');
    await sub.ask('Read', { file_path: given.path('a.txt'), limit: 5 });
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    expect((await ada.write('a.txt', ROWS)).refused).toMatch(/more of bo[\s\S]*work of bo/);
  });
});

describe('what a client says that it has not shown', () => {
  /** A call whose answer to the model is this. */
  async function answered(
    session: Session,
    [tool, input]: [string, Record<string, unknown>],
    answer: string,
  ) {
    const { call } = await session.ask(tool, input);
    return session.event('PostToolBatch', { tool_calls: [{ ...call, tool_response: answer }] });
  }

  test.each([
    'PreToolUse:Read hook error: not now',
    '<tool_use_error>File is in a directory that is denied by your permission settings.</tool_use_error>',
    'File content (926.7KB) exceeds maximum allowed size (256KB).',
  ])('does not count as seen: %s', async (answer) => {
    const given = await givenSessions({ 'a.txt': ROWS });
    const ada = await given.session();
    await answered(ada, ['Read', { file_path: given.path('a.txt') }], answer);
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('which you have not seen');
  });

  test('does not count as seen of a command either', async () => {
    const given = await givenSessions({ 'a.txt': ROWS });
    const ada = await given.session();
    const answer = 'Permission to use Bash with command cat a.txt has been denied.';
    await answered(ada, ['Bash', { command: 'cat a.txt' }], answer);
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('which you have not seen');
  });

  test('does not hide what another has changed since the file was last shown', async () => {
    const { ada, path } = await givenChangeUnseen();
    const { told } = await answered(
      ada,
      ['Read', { file_path: path('a.txt') }],
      'PreToolUse:Read hook error: no',
    );
    expect(told).toContain('+work of bo');
  });

  test('counts in part where it was cut', async () => {
    const text = ROWS.replaceAll('row', 'row '.repeat(40));
    const given = await givenSessions({ 'a.txt': text });
    const ada = await given.session();
    const shown = text.split('\n').slice(0, 120);
    const answer = shown.map((line, at) => `${at + 1}\t${line}`).join('\n');
    await answered(ada, ['Read', { file_path: given.path('a.txt') }], answer);
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('a part only');
  });

  test('is told by numbered lines: what was cut before the last line that was asked for is told again', async () => {
    const text = ROWS.replaceAll('row', 'row '.repeat(40));
    const given = await givenSessions({ 'a.txt': text });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', ' 130\n', ' work of bo\n');
    const answer = text.split('\n').slice(0, 120);
    const { told } = await answered(
      ada,
      ['Read', { file_path: given.path('a.txt'), limit: 150 }],
      answer.map((line, at) => `${at + 1}\t${line}`).join('\n'),
    );
    expect(told).toContain('work of bo');
  });

  test('is told by numbered lines: a long file that was shown to its end counts as seen whole', async () => {
    const given = await givenSessions({ 'a.txt': ROWS.replaceAll('row', 'row '.repeat(40)) });
    const ada = await given.session();
    await ada.read('a.txt');
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });
});

describe('a read of which the client says nothing, because the person stopped the step', () => {
  test.each<[string, (session: Session) => Promise<unknown>]>([
    ['with the next prompt', (ada) => ada.event('UserPromptSubmit', { prompt: 'no' })],
    ['with the next step', (ada) => ada.read('b.txt')],
  ])('counts in part %s', async (_, next) => {
    const given = await givenSessions({ 'a.txt': ROWS, 'b.txt': 'b\n' });
    const ada = await given.session();
    await ada.ask('Read', { file_path: given.path('a.txt') });
    await next(ada);
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('a part only');
  });

  test('does not hide what another has changed since the file was last shown', async () => {
    const { ada, path } = await givenChangeUnseen();
    await ada.ask('Read', { file_path: path('a.txt') });
    expect((await ada.event('UserPromptSubmit', { prompt: 'no' })).told).toContain('+work of bo');
  });

  test('is still open while something that runs beside it ends', async () => {
    const given = await givenSessions({ 'a.txt': ROWS });
    const ada = await given.session();
    const { call } = await ada.ask('Read', { file_path: given.path('a.txt') });
    await ada.event('UserPromptSubmit', { prompt: '<task-notification>done</task-notification>' });
    await ada.afterBatch(call);
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test('counts whole where the client tells of no call at all', async () => {
    const given = await givenSessions({ 'a.txt': ROWS });
    const ada = await given.session();
    await ada.ask('Read', { file_path: given.path('a.txt') });
    await ada.event('PostToolBatch', { tool_calls: [] });
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });

  test('counts whole where the client has said so before', async () => {
    const given = await givenSessions({ 'a.txt': ROWS });
    const ada = await given.session();
    await ada.read('a.txt');
    await ada.event('UserPromptSubmit', { prompt: 'no' });
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
  });
});

test('a change that did not fit into what a step was told is still shown to a write', async () => {
  const given = await givenSessions({ 'a.txt': ROWS });
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.read('a.txt');
  await bo.bash(`sed -i 's/row \\(.*0\\)$/& ${'long '.repeat(20)}/; s/row 299/work of bo/' a.txt`);
  expect((await ada.afterBatch()).told).toContain('More has changed than is shown');
  expect((await ada.edit('a.txt', 'row 298\n', 'x\n')).refused).toBeDefined();
});
