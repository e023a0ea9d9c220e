import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenRepository, type GivenRepository } from '../support/given-repository.js';
import { givenClaude } from './claude.js';
import { describeClient, slowTest } from './installed.js';
import { scriptedModel, type ScriptedModel } from './model.js';
import { recordedHooks, type RecordedHooks } from './recorded-hooks.js';

// What the guard leans on and no documentation promises: a new version of the client is held against it here.

const PATIENT = { timeout: 20_000, interval: 20 };
/** An MCP server that can do nothing and writes down who started it. */
const MCP_SERVER = `
require('node:fs').writeFileSync(process.argv[2], String(process.ppid));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const { protocolVersion } = params ?? {};
  const about = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'idle', version: '1' } };
  const answers = { initialize: { result: about }, 'tools/list': { result: { tools: [] } } };
  const none = { error: { code: -32601, message: 'Not known' } };
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...(answers[method] ?? none) }));
});
`;

describeClient('claude', 'what Claude Code does without a terminal', () => {
  test('a hook and an MCP server are children of the client itself', async () => {
    await using place = await givenRepository();
    await using model = await scriptedModel(workUntilInterrupted(place));
    await using claude = givenClaude({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['SessionStart', 'Stop']);
    const { mcp, parentOfServer } = idleServer(place.folder);
    const session = claude.run('[[script:chat]]', { settings: hooks.settings, mcp });
    await session.finished;
    expect(hooks.calls().map(({ parent }) => parent)).toEqual([session.pid, session.pid]);
    expect(parentOfServer()).toBe(session.pid);
  });

  slowTest('a fork says that it is one, and only its command line says of which session', async () => {
    await using place = await givenRepository();
    await using model = await scriptedModel({ work: [{ text: 'Done.' }] });
    await using claude = givenClaude({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['SessionStart']);
    const { settings } = hooks;
    const [first] = await claude.run('[[script:work]]', { settings }).finished;
    const id = String(first?.session_id);
    await claude.run('[[script:work]]', { settings, args: ['--resume', id, '--fork-session'] }).finished;
    const [started, forked] = hooks.calls().map(({ input }) => input);
    expect(started).toMatchObject({ source: 'startup', session_id: id });
    expect(forked?.['source']).toBe('fork');
    expect(JSON.stringify(forked)).not.toContain(id);
  });

  slowTest('a turn that may not stop is stopped all the same at the ninth time', async () => {
    await using place = await givenRepository();
    await using model = await scriptedModel({ work: Array.from({ length: 20 }, () => ({ text: 'Done.' })) });
    await using claude = givenClaude({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['Stop'], {
      Stop: `echo '{"decision":"block","reason":"Look at a.txt again."}'`,
    });
    await claude.run('[[script:work]]', { settings: hooks.settings }).finished;
    const active = hooks.calls('Stop').map(({ input }) => input['stop_hook_active']);
    expect(active).toEqual([false, ...Array.from({ length: 8 }, () => true)]);
    expect(model.log.slice(1).map(({ prompts }) => prompts)).toEqual(
      Array.from({ length: 8 }, () => ['Stop hook feedback:\nLook at a.txt again.']),
    );
  });

  slowTest('an interrupted batch fires nothing more', async () => {
    await using place = await givenRepository();
    await using model = await scriptedModel(workUntilInterrupted(place));
    await using claude = givenClaude({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), OF_A_TURN);
    const session = claude.converse({ settings: hooks.settings });
    session.say('[[script:work]]');
    await commandRuns(place);
    session.interrupt();
    await session.printed(({ type }) => type === 'result');
    session.say('[[script:chat]]');
    await session.printed(({ result }) => result === 'Fine.');
    session.close();
    await session.ended;
    expect(happened(hooks)).toEqual(INTERRUPTED);
  });

  slowTest('the end of a step holds what the model is told of each call', async () => {
    const rows = Array.from({ length: 1_900 }, (_, at) => `row ${at} ${'of a long file '.repeat(5)}\n`);
    await using place = await givenRepository({
      'a.txt': 'one\n',
      'b.txt': 'b\n',
      'long.txt': rows.join(''),
    });
    const file = (name: string): string => join(place.root, name);
    const [a, b, long] = [file('a.txt'), file('b.txt'), file('long.txt')];
    const tools = [
      { name: 'Read', input: { file_path: a } },
      { name: 'Read', input: { file_path: b } },
      { name: 'Read', input: { file_path: long } },
      { name: 'Bash', input: { command: 'cat a.txt', description: 'Shows it' } },
      { name: 'Edit', input: { file_path: a, old_string: 'one', new_string: 'two' } },
      { name: 'Write', input: { file_path: file('new.txt'), content: 'x' } },
      { name: 'Write', input: { file_path: '/nowhere/x', content: 'x' } },
    ];
    await using model = await scriptedModel({ work: [{ tools }] });
    await using claude = givenClaude({ root: place.root, model });
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['PostToolBatch']);
    const permissions = { deny: ['Read(./b.txt)', 'Bash(cat:*)'] };
    await claude.run('[[script:work]]', { settings: { ...hooks.settings, permissions } }).finished;
    const [step] = hooks.calls().map(({ input }) => input['tool_calls'] as { tool_response: string }[]);
    const [read, denied, cut, command, edit, made, outside] = step?.map((call) => call.tool_response) ?? [];
    expect(read).toBe('1\tone\n2\t');
    expect(denied).toMatch(/^<tool_use_error>/);
    expect(cut).toMatch(/^1\trow 0 [\s\S]*\n\d+\trow \d+ /);
    expect(cut).not.toContain('row 1899');
    expect(command).toMatch(/^Permission to use Bash/);
    expect(edit).toMatch(/^The file .* has been updated/);
    expect(made).toMatch(/^File created/);
    expect(outside).toMatch(/^Claude requested permission/);
  });

  slowTest('a command knows the session that runs it', async () => {
    await using place = await givenRepository();
    const show = { command: 'echo "$CLAUDE_CODE_SESSION_ID $CLAUDE_PID"', description: 'Shows it' };
    await using model = await scriptedModel({ work: [{ tools: [{ name: 'Bash', input: show }] }] });
    await using claude = givenClaude({ root: place.root, model });
    const session = claude.run('[[script:work]]');
    const [started] = await session.finished;
    expect(model.log[1]?.results[0]?.text).toBe(`${started?.session_id} ${session.pid}`);
  });

  slowTest('a compaction tells of its start, of the session that goes on, and of its summary', async () => {
    await using place = await givenRepository();
    await using model = await scriptedModel(workUntilInterrupted(place));
    model.summary = 'They chatted.';
    await using claude = givenClaude({ root: place.root, model });
    const [started] = await claude.run('[[script:chat]]').finished;
    const hooks = recordedHooks(join(place.folder, 'hooks'), ['PreCompact', 'SessionStart', 'PostCompact']);
    const args = ['--resume', started?.session_id ?? ''];
    await claude.run('/compact mind the files', { settings: hooks.settings, args }).finished;
    expect(hooks.calls().map(({ input }) => input)).toMatchObject([
      { hook_event_name: 'SessionStart', source: 'resume', session_id: started?.session_id },
      { hook_event_name: 'PreCompact', trigger: 'manual', custom_instructions: 'mind the files' },
      { hook_event_name: 'SessionStart', source: 'compact', session_id: started?.session_id },
      { hook_event_name: 'PostCompact', compact_summary: '<summary>They chatted.</summary>' },
    ]);
  });

  slowTest(
    "shared settings count where they lie, a person's own in all of the repository, and one line in both runs once",
    async () => {
      await using place = await givenRepository({ 'part/a.txt': 'one\n' });
      await using model = await scriptedModel(workUntilInterrupted(place));
      await using claude = givenClaude({ root: place.root, model });
      const hooks = recordedHooks(join(place.folder, 'hooks'), ['SessionStart']);
      const [part, workspace] = [join(place.root, 'part'), join(place.folder, 'workspace')];
      const callsFrom = async (cwd: string): Promise<number> => {
        const before = hooks.calls().length;
        await claude.run('[[script:chat]]', { cwd }).finished;
        return hooks.calls().length - before;
      };
      place.commit({ '.claude/settings.json': JSON.stringify(hooks.settings) });
      expect(await callsFrom(place.root)).toBe(1);
      expect(await callsFrom(part)).toBe(0);
      place.write({ '.claude/settings.local.json': JSON.stringify(hooks.settings) });
      place.git('worktree', 'add', '--quiet', workspace);
      expect(await callsFrom(place.root)).toBe(1);
      expect(await callsFrom(part)).toBe(1);
      expect(await callsFrom(join(workspace, 'part'))).toBe(1);
    },
  );
});

describeClient(
  'claude',
  'what Claude Code does in a terminal',
  () => {
    test('hooks are children of the client itself, and an interrupted batch fires nothing more', async () => {
      await using place = await givenRepository();
      await using model = await scriptedModel(workUntilInterrupted(place));
      await using claude = givenClaude({ root: place.root, model });
      const hooks = recordedHooks(join(place.folder, 'hooks'), OF_A_TURN);
      const { mcp, parentOfServer } = idleServer(place.folder);
      const terminal = await claude.open({ settings: hooks.settings, mcp });
      await terminal.submit('[[script:work]]');
      await commandRuns(place);
      await terminal.press('Escape');
      await terminal.shows(/Interrupted/);
      await terminal.submit('[[script:chat]]');
      await terminal.shows(/Fine\./);
      await expect.poll(() => happened(hooks), PATIENT).toEqual(INTERRUPTED);
      expect(new Set(hooks.calls().map(({ parent }) => parent))).toEqual(new Set([terminal.pid]));
      expect(parentOfServer()).toBe(terminal.pid);
    });

    slowTest(
      'a hook beside an idle session wakes it by exit code 2, and takes nothing that is being typed',
      async () => {
        await using place = await givenRepository();
        await using model = await scriptedModel({ chat: [{ text: 'First.' }, { text: 'Woken.' }] });
        await using claude = givenClaude({ root: place.root, model });
        const terminal = await claude.open({ settings: waitingAtStop(place.folder) });
        await terminal.submit('[[script:chat]]');
        await terminal.shows(/First\./);
        await terminal.press('x');
        await terminal.press('y');
        writeFileSync(join(place.folder, 'news'), 'There is news.\n');
        const { contexts, prompts } = await model.asked('chat', 1);
        expect(contexts.join()).toContain('There is news.');
        expect(prompts).toEqual([]);
        expect(await terminal.shows(/Woken\.[\s\S]*❯.xy/)).toContain('Stop hook feedback');
      },
    );
  },
  { terminal: true },
);

/** Waits until a pipe has something to say, beside the session. */
function waitingAtStop(folder: string): Record<string, unknown> {
  const news = join(folder, 'news');
  execFileSync('mkfifo', [news]);
  const hook = { type: 'command', command: `cat ${news} >&2; exit 2`, timeout: 600, asyncRewake: true };
  return { hooks: { Stop: [{ hooks: [hook] }] } };
}

const OF_A_TURN = [
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PostToolBatch',
  'Stop',
];
/** The call that had ended has its own event; the batch has none, nor have the call under way and the one after it. */
const INTERRUPTED = [
  ...['UserPromptSubmit', 'PreToolUse Edit', 'PostToolUse Edit', 'PreToolUse Bash'],
  ...['UserPromptSubmit', 'Stop'],
];

function happened(hooks: RecordedHooks): string[] {
  return hooks.calls().map(({ input: { hook_event_name: event, tool_name: tool } }) => {
    return tool === undefined ? event : `${event} ${tool}`;
  });
}

function workUntilInterrupted(place: GivenRepository): Parameters<ScriptedModel['learn']>[0] {
  const edit = (from: string, to: string) => ({
    name: 'Edit',
    input: { file_path: join(place.root, 'a.txt'), old_string: from, new_string: to },
  });
  const endless = { command: 'touch runs; tail -f /dev/null', description: 'Waits' };
  return {
    work: [{ tools: [edit('one', 'two'), { name: 'Bash', input: endless }, edit('two', 'three')] }],
    chat: [{ text: 'Fine.' }],
  };
}

async function commandRuns(place: GivenRepository): Promise<void> {
  await expect.poll(() => existsSync(join(place.root, 'runs')), PATIENT).toBe(true);
}

function idleServer(folder: string) {
  const [script, log] = [join(folder, 'server.cjs'), join(folder, 'server.log')];
  writeFileSync(script, MCP_SERVER);
  return {
    mcp: { mcpServers: { idle: { command: process.execPath, args: [script, log] } } },
    parentOfServer: () => Number(readFileSync(log, 'utf8')),
  };
}
