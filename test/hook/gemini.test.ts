import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerHook } from '../../src/hook/index.js';
import { givenSessions, TEN_LINES } from '../guard/given-sessions.js';

/** Sessions of Gemini CLI: what it writes to a hook, and what is printed for it. */
async function givenGemini() {
  const place = await givenSessions({ 'a.txt': TEN_LINES, 'part/b.txt': 'one\n' });
  const ask = async (session_id: string, hook_event_name: string, more: object = {}): Promise<unknown> => {
    const body = { session_id, transcript_path: '/t', cwd: place.root, hook_event_name, ...more };
    const { stdout, exit } = await answerHook({ guard: place.guard }, 'gemini', JSON.stringify(body));
    expect(exit).toBe(0);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  await ask('one', 'SessionStart', { source: 'startup' });
  await ask('two', 'SessionStart', { source: 'startup' });
  const call = (tool_name: string, tool_input: object) => ({ tool_name, tool_input });
  return {
    ...{ ...place, ask },
    before: (session: string, tool: string, input: object) => ask(session, 'BeforeTool', call(tool, input)),
    after: (session: string, tool: string, input: object) =>
      ask(session, 'AfterTool', { ...call(tool, input), tool_response: { llmContent: 'ok' } }),
    /** The other session changes a line. */
    async changeByTwo(from: string, to: string) {
      const input = { file_path: 'a.txt', instruction: '', old_string: from, new_string: to };
      await ask('two', 'BeforeTool', call('replace', input));
      place.put('a.txt', place.text('a.txt').replace(from, to));
      await ask('two', 'AfterTool', call('replace', input));
    },
  };
}

test('a replacement next to a change of another is refused with it', async () => {
  const place = await givenGemini();
  await place.before('one', 'read_file', { file_path: 'a.txt' });
  await place.changeByTwo('two', 'TWO');
  const input = { file_path: 'a.txt', instruction: '', old_string: 'three', new_string: 'THREE' };
  expect(await place.before('one', 'replace', input)).toEqual({
    decision: 'block',
    reason: expect.stringContaining('-two\n+TWO') as string,
  });
});

test('what goes along with a call is told after it, since the client tells its model nothing before', async () => {
  const place = await givenGemini();
  await place.before('one', 'read_file', { file_path: 'a.txt' });
  await place.changeByTwo('two', 'TWO');
  const input = { file_path: 'a.txt', instruction: '', old_string: 'nine', new_string: 'NINE' };
  expect(await place.before('one', 'replace', input)).toBeUndefined();
  expect(await place.after('one', 'replace', input)).toEqual({
    hookSpecificOutput: {
      hookEventName: 'PostToolUse',
      additionalContext: expect.stringContaining('-two\n+TWO') as string,
    },
  });
  expect(await place.after('one', 'replace', input)).toBeUndefined();
});

test.each([
  ['a file as a whole', {}, false],
  ['its lines from the first on', { start_line: 1, end_line: 20 }, false],
  ['some of its lines', { start_line: 2, end_line: 3 }, true],
  ['its first lines', { end_line: 3 }, true],
])('who has read %s may or may not write it', async (_, lines, isRefused) => {
  const place = await givenGemini();
  await place.before('one', 'read_file', { file_path: 'a.txt', ...lines });
  const answer = await place.before('one', 'write_file', { file_path: 'a.txt', content: 'mine\n' });
  expect(answer !== undefined).toBe(isRefused);
});

test('a replacement wherever a text stands wants the whole file to be known', async () => {
  const place = await givenGemini();
  await place.before('one', 'read_file', { file_path: 'a.txt' });
  await place.changeByTwo('two', 'tee');
  const input = { file_path: 'a.txt', instruction: '', old_string: 'nine', new_string: '9' };
  expect(await place.before('one', 'replace', { ...input, allow_multiple: true })).toMatchObject({
    reason: expect.stringContaining('has changed since you last saw it whole') as string,
  });
});

test('a command in a folder shows the files of that folder', async () => {
  const place = await givenGemini();
  await place.before('one', 'run_shell_command', { command: 'cat b.txt', dir_path: 'part' });
  const write = { file_path: 'part/b.txt', content: 'mine\n' };
  expect(await place.before('two', 'write_file', write)).toMatchObject({ decision: 'block' });
  expect(await place.before('one', 'write_file', write)).toBeUndefined();
});

test('a read that ends leaves the command open that runs beside it', async () => {
  const place = await givenGemini();
  const slow = { command: './generate' };
  await place.before('one', 'run_shell_command', slow);
  await place.before('one', 'read_file', { file_path: 'a.txt' });
  await place.after('one', 'read_file', { file_path: 'a.txt' });
  place.put('a.txt', 'generated\n');
  await place.after('one', 'run_shell_command', slow);
  expect(await place.writes()).toEqual([{ agent: 'ada', path: 'a.txt' }]);
  expect(readFileSync(join(place.root, 'a.txt'), 'utf8')).toBe('generated\n');
});
