import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerHook } from '../../src/hook/index.js';
import { givenSessions, TEN_LINES } from '../guard/given-sessions.js';

/** Sessions of opencode: what our plugin writes to a hook, and what is printed for it. */
async function givenOpencode() {
  const place = await givenSessions({ 'a.txt': TEN_LINES, 'part/b.txt': TEN_LINES });
  const ask = async (session_id: string, hook_event_name: string, more: object = {}): Promise<unknown> => {
    const body = { session_id, cwd: place.root, hook_event_name, ...more };
    const { stdout, exit } = await answerHook({ guard: place.guard }, 'opencode', JSON.stringify(body));
    expect(exit).toBe(0);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  await ask('one', 'SessionStart', { source: 'startup' });
  await ask('two', 'SessionStart', { source: 'startup' });
  const call = (tool_name: string, tool_input: object) => ({ tool_name, tool_use_id: tool_name, tool_input });
  const before = (session: string, tool: string, input: object) =>
    ask(session, 'PreToolUse', call(tool, input));
  const after = (session: string, tool: string) => ask(session, 'PostToolUse', call(tool, {}));
  return {
    ...{ ...place, before, after },
    /** The other session changes a line. */
    async changeByTwo(from: string, to: string) {
      await before('two', 'edit', { filePath: 'a.txt', oldString: from, newString: to });
      place.put('a.txt', place.text('a.txt').replace(from, to));
      await after('two', 'edit');
    },
  };
}

const denied = (reason: string) => ({
  hookSpecificOutput: {
    ...{ hookEventName: 'PreToolUse', permissionDecision: 'deny' },
    permissionDecisionReason: expect.stringContaining(reason) as string,
  },
});

test('an edit next to a change of another is refused with it', async () => {
  const place = await givenOpencode();
  await place.before('one', 'read', { filePath: 'a.txt' });
  await place.changeByTwo('two', 'TWO');
  const input = { filePath: 'a.txt', oldString: 'three', newString: 'THREE' };
  expect(await place.before('one', 'edit', input)).toEqual(denied('-two\n+TWO'));
});

test('what goes along with a call is told after it, once', async () => {
  const place = await givenOpencode();
  await place.before('one', 'read', { filePath: 'a.txt' });
  await place.changeByTwo('two', 'TWO');
  const input = { filePath: 'a.txt', oldString: 'nine', newString: 'NINE' };
  expect(await place.before('one', 'edit', input)).toBeUndefined();
  expect(await place.after('one', 'edit')).toEqual({
    hookSpecificOutput: {
      hookEventName: 'PostToolUse',
      additionalContext: expect.stringContaining('-two\n+TWO') as string,
    },
  });
  expect(await place.after('one', 'edit')).toBeUndefined();
});

test.each([
  ['a file as a whole', {}, false],
  ['its lines from the first on', { offset: 1, limit: 20 }, false],
  ['some of its lines', { offset: 2, limit: 3 }, true],
])('who has read %s may or may not write it', async (_, lines, isRefused) => {
  const place = await givenOpencode();
  await place.before('one', 'read', { filePath: 'a.txt', ...lines });
  const answer = await place.before('one', 'write', { filePath: 'a.txt', content: 'mine\n' });
  expect(answer !== undefined).toBe(isRefused);
});

test('an edit wherever a text stands wants the whole file to be known', async () => {
  const place = await givenOpencode();
  await place.before('one', 'read', { filePath: 'a.txt' });
  await place.changeByTwo('two', 'tee');
  const input = { filePath: 'a.txt', oldString: 'nine', newString: '9', replaceAll: true };
  expect(await place.before('one', 'edit', input)).toEqual(denied('has changed since you last saw it whole'));
});

test('a patch is looked at file by file', async () => {
  const place = await givenOpencode();
  await place.before('one', 'read', { filePath: 'a.txt' });
  await place.changeByTwo('two', 'TWO');
  const patchText = '*** Begin Patch\n*** Update File: a.txt\n@@\n-three\n+THREE\n*** End Patch';
  expect(await place.before('one', 'apply_patch', { patchText })).toEqual(denied('-two\n+TWO'));
});

test('a command works in the folder that it names', async () => {
  const place = await givenOpencode();
  await place.before('one', 'bash', { command: 'cat b.txt', workdir: join(place.root, 'part') });
  expect(await place.before('one', 'write', { filePath: 'part/b.txt', content: 'mine\n' })).toBeUndefined();
  await place.before('two', 'bash', { command: 'cat b.txt', workdir: 'part' });
  expect(await place.before('two', 'write', { filePath: 'a.txt', content: 'mine\n' })).toEqual(
    denied('which you have not seen'),
  );
});
