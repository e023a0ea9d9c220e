import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenRepository } from '../support/given-repository.js';
import { givenClaude } from './claude.js';
import { givenCodex } from './codex.js';
import { describeClient } from './installed.js';
import { scriptedModel } from './model.js';
import { recordedHooks } from './recorded-hooks.js';

describeClient('claude', 'the real Claude Code with a scripted model', () => {
  test('reads, edits, runs a command and ends', async () => {
    await using place = await givenRepository({ 'a.txt': 'one\ntwo\n' });
    const file = join(place.root, 'a.txt');
    await using model = await scriptedModel({
      work: [
        { text: 'Looking.', tools: [{ name: 'Read', input: { file_path: file } }] },
        { tools: [{ name: 'Edit', input: { file_path: file, old_string: 'two', new_string: 'zwei' } }] },
        { tools: [{ name: 'Bash', input: { command: 'cat a.txt', description: 'Shows it' } }] },
        { text: 'That is it.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    const messages = await claude.run('Go. [[script:work]]').finished;
    expect(readFileSync(file, 'utf8')).toBe('one\nzwei\n');
    expect(model.log.map(({ script, turn }) => [script, turn])).toEqual(
      [0, 1, 2, 3].map((turn) => ['work', turn]),
    );
    expect(model.log[3]?.results).toEqual([{ tool: 'Bash', text: 'one\nzwei', isError: false }]);
    expect(messages.at(-1)).toMatchObject({ type: 'result', is_error: false, result: 'That is it.' });
  });

  test('asks a hook before a tool, and tells the model what the hook answers', async () => {
    await using place = await givenRepository({ 'a.txt': 'one\n' });
    const input = { file_path: join(place.root, 'a.txt'), old_string: 'one', new_string: 'two' };
    await using model = await scriptedModel({ work: [{ tools: [{ name: 'Edit', input }] }] });
    await using claude = givenClaude({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['PreToolUse', 'PostToolBatch'], {
      PreToolUse: 'echo "Somebody else is at it." >&2; exit 2',
      PostToolBatch: answer({ hookEventName: 'PostToolBatch', additionalContext: 'Ada changed b.txt.' }),
    });
    await claude.run('[[script:work]]', { settings: hooks.settings }).finished;
    const call = { tool_name: 'Edit', tool_input: { ...input, replace_all: false } };
    expect(hooks.calls('PreToolUse').map((each) => each.input)).toMatchObject([{ ...call, cwd: place.root }]);
    expect(hooks.calls('PostToolBatch').map((each) => each.input)).toMatchObject([{ tool_calls: [call] }]);
    expect(model.log[1]?.results).toMatchObject([{ tool: 'Edit', isError: true }]);
    expect(model.told('work')).toContain('Somebody else is at it.');
    expect(model.log[1]?.contexts.join()).toContain('Ada changed b.txt.');
    expect(readFileSync(input.file_path, 'utf8')).toBe('one\n');
  });

  test('two sessions take their steps in the order that the scripts give', async () => {
    await using place = await givenRepository({ 'a.txt': 'one\ntwo\n' });
    const file = join(place.root, 'a.txt');
    const edit = (from: string, to: string) => ({
      tools: [{ name: 'Edit', input: { file_path: file, old_string: from, new_string: to } }],
    });
    const read = { tools: [{ name: 'Read', input: { file_path: file } }] };
    await using model = await scriptedModel({
      slow: [
        read,
        async () => {
          await model.asked('quick', 1);
          return edit('two', 'zwei');
        },
      ],
    });
    // The slow one has read before the quick one edits, and edits after that.
    model.learn({ quick: [{ ...edit('one', 'eins'), after: model.asked('slow', 1) }] });
    await using claude = givenClaude({ root: place.root, model });
    const sessions = [claude.run('[[script:slow]]'), claude.run('[[script:quick]]')];
    await Promise.all(sessions.map((session) => session.finished));
    expect(readFileSync(file, 'utf8')).toBe('eins\nzwei\n');
    const [, slow] = model.log.filter(({ script }) => script === 'slow');
    expect(slow?.results[0]?.text).toContain('one');
  });

  test('goes on from an earlier session, and with a subagent', async () => {
    await using place = await givenRepository();
    const delegate = { description: 'Looks', prompt: '[[script:helper]]', subagent_type: 'general-purpose' };
    await using model = await scriptedModel({
      first: [{ text: 'Begun.' }],
      second: [
        { tools: [{ name: 'Agent', input: { ...delegate, run_in_background: false } }] },
        { text: 'Ended.' },
      ],
      helper: [{ text: 'Helped.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    const [started] = await claude.run('[[script:first]]').finished;
    const args = ['--resume', started?.session_id ?? ''];
    const messages = await claude.run('[[script:second]]', { args }).finished;
    expect(messages.at(-1)).toMatchObject({ session_id: started?.session_id, result: 'Ended.' });
    expect(model.log.map(({ script }) => script)).toEqual(['first', 'second', 'helper', 'second']);
    expect(model.told('second')).toContain('Helped.');
  });

  test('a mistake in a script is what the test fails with', async () => {
    await using place = await givenRepository();
    const model = await scriptedModel();
    await using claude = givenClaude({ root: place.root, model });
    await expect(claude.run('[[script:unknown]]').finished).rejects.toThrow('script unknown');
    await expect(model[Symbol.asyncDispose]()).rejects.toThrow('script unknown');
  });
});

describeClient('codex', 'the real Codex with a scripted model', () => {
  test('runs a command, patches a file, asks its hooks and ends', async () => {
    await using place = await givenRepository({ 'a.txt': 'one\n' });
    const patch = (to: string) =>
      ['*** Begin Patch', '*** Update File: a.txt', '@@', '-one', `+${to}`, '*** End Patch'].join('\n');
    await using model = await scriptedModel({
      work: [
        { tools: [{ name: 'exec_command', input: { cmd: 'cat a.txt' } }] },
        { tools: [{ name: 'apply_patch', input: patch('two') }] },
        { text: 'That is it.' },
      ],
    });
    await using codex = givenCodex({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['SessionStart', 'PreToolUse', 'Stop'], {
      SessionStart: answer({ hookEventName: 'SessionStart', additionalContext: 'You are Bea.' }),
    });
    const session = codex.run('[[script:work]]', { hooks: hooks.settings });
    const messages = await session.finished;
    expect(readFileSync(join(place.root, 'a.txt'), 'utf8')).toBe('two\n');
    expect(model.told('work')).toContain('You are Bea.');
    expect(model.log[1]?.results).toMatchObject([
      { tool: 'exec_command', text: expect.stringContaining('one') },
    ]);
    expect(
      hooks.calls().map(({ input }) => [input.hook_event_name, input.tool_name, input['tool_input']]),
    ).toEqual([
      ['SessionStart', undefined, undefined],
      ['PreToolUse', 'Bash', { command: 'cat a.txt' }],
      ['PreToolUse', 'apply_patch', { command: patch('two') }],
      ['Stop', undefined, undefined],
    ]);
    expect(new Set(hooks.calls().map(({ parent }) => parent))).toEqual(new Set([session.pid]));
    expect(messages.map(({ type }) => type)).toContain('turn.completed');
  });
});

function answer(hookSpecificOutput: Record<string, unknown>): string {
  return `echo '${JSON.stringify({ hookSpecificOutput })}'`;
}
