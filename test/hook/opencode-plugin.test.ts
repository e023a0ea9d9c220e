import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { OPENCODE_PLUGIN, stateOfPlugin } from '../../src/client/index.js';
import { givenRepository } from '../support/given-repository.js';

type Hook = (input: object, output?: object) => Promise<void>;
type Hooks = Record<string, Hook>;
type Plugin = (place: { client: object; directory: string }) => Promise<Hooks>;

const SAID: Record<string, object> = {
  deny: { hookSpecificOutput: { permissionDecision: 'deny', permissionDecisionReason: 'Not now.' } },
  tell: { hookSpecificOutput: { additionalContext: 'b.txt has changed.' } },
  block: { decision: 'block', reason: 'Look again.' },
  older: { systemMessage: 'the sheet is newer' },
};

/** A checkout with a script that answers as it is told, and the plugin as opencode would load it for one session. */
async function givenPlugin(copies = 1) {
  const place = await givenRepository({ 'a.txt': 'one\n' });
  const folder = join(place.root, '.git/callsheet');
  const [script, log] = [join(folder, 'hook'), join(folder, 'log')];
  const asked: { sent: object[]; toasts: object[] } = { sent: [], toasts: [] };
  const parents: Record<string, string> = { child: 'one' };
  const client = {
    session: {
      get: async ({ path: { id } }: { path: { id: string } }) => ({ data: { id, parentID: parents[id] } }),
      promptAsync: async (wish: object) => void asked.sent.push(wish),
    },
    tui: { showToast: async (toast: object) => void asked.toasts.push(toast) },
  };
  const answer = (answers: Record<string, string>): void => {
    mkdirSync(folder, { recursive: true });
    const cases = Object.entries(answers).map(
      ([event, said]) => `*'"hook_event_name":"${event}"'*) ${said} ;;`,
    );
    const lines = [`#!/bin/sh`, `body=$(cat)`, `printf '%s\\n' "$1 $body" >> '${log}'`];
    writeFileSync(script, [...lines, 'case $body in', ...cases, 'esac', ''].join('\n'));
    chmodSync(script, 0o755);
  };
  answer({});
  const hooks: Hooks[] = [];
  for (let copy = 0; copy < copies; copy += 1) {
    const file = join(folder, `plugin-${copy}.mjs`);
    writeFileSync(file, OPENCODE_PLUGIN);
    const { Callsheet } = (await import(pathToFileURL(file).href)) as { Callsheet: Plugin };
    hooks.push(await Callsheet({ client, directory: place.root }));
  }
  const each = async (name: string, input: object, output: object = {}): Promise<object> => {
    for (const own of hooks) await own[name]?.(input, output);
    return output;
  };
  return {
    ...{ ...place, ...asked, script, log, answer, each, hooks },
    events: () => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      return lines.map((line) => JSON.parse(line.replace(/^opencode /, '')) as Record<string, unknown>);
    },
    names: (): unknown[] =>
      existsSync(log)
        ? [...readFileSync(log, 'utf8').matchAll(/"hook_event_name":"(\w+)"/g)].map(([, name]) => name)
        : [],
    event: (type: string, properties: object) =>
      Promise.all(hooks.map(async (own) => own['event']?.({ event: { type, properties } }))),
    prompt: (text: string, sessionID = 'one') => {
      const part = { id: 'prt_1', messageID: 'msg_1', type: 'text', text };
      return each('chat.message', { sessionID }, { message: { agent: 'plan', model: 'm' }, parts: [part] });
    },
    before: (tool: string, callID = 'c', sessionID = 'one') =>
      each('tool.execute.before', { tool, sessionID, callID }, { args: { filePath: 'a.txt' } }),
    after: (tool: string, output: object, callID = 'c') =>
      each('tool.execute.after', { tool, sessionID: 'one', callID }, output),
  };
}

const print = (name: string): string => `printf '%s' '${JSON.stringify(SAID[name])}'`;
const reminder = (text: string) => `<system-reminder>\n${text}\n</system-reminder>`;

test('a session is registered before anything else is asked for it, and ended with the client', async () => {
  await using place = await givenPlugin();
  await Promise.all([place.event('session.created', { info: { id: 'one' } }), place.prompt('Go on')]);
  await place.before('read');
  await place.after('read', { output: 'one' });
  await place.before('webfetch');
  await place.each('dispose', {});
  expect(place.names()).toEqual([
    ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'SessionEnd'],
  ]);
  expect(place.events()[2]).toEqual({
    ...{ session_id: 'one', cwd: place.root, hook_event_name: 'PreToolUse', tool_name: 'read' },
    ...{ tool_use_id: 'c', tool_input: { filePath: 'a.txt' } },
  });
});

test('two copies of it ask once', async () => {
  await using place = await givenPlugin(2);
  await place.event('session.created', { info: { id: 'one' } });
  await place.prompt('Go on');
  await place.before('edit');
  await place.after('edit', { output: 'ok' });
  await place.event('session.idle', { sessionID: 'one' });
  expect(place.names()).toEqual([
    ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop'],
  ]);
});

test('what is refused is thrown, and what is told stands behind the prompt and the result', async () => {
  await using place = await givenPlugin();
  place.answer({ PreToolUse: print('deny'), UserPromptSubmit: print('tell'), PostToolUse: print('tell') });
  const told = reminder('b.txt has changed.');
  expect(await place.prompt('Go on')).toMatchObject({
    parts: [{ text: 'Go on' }, { id: 'prt_1z', messageID: 'msg_1', text: told, synthetic: true }],
  });
  await expect(place.before('bash')).rejects.toThrow(/^Not now\.$/);
  expect(await place.after('read', { output: 'one' })).toEqual({ output: `one\n\n${told}` });
  expect(await place.after('mcp_tool', { content: [] })).toEqual({ content: [{ type: 'text', text: told }] });
});

test('a call that was let through and failed is accounted for, and what is told then waits for the next', async () => {
  await using place = await givenPlugin();
  place.answer({ PostToolUse: print('tell') });
  await place.before('edit', 'c1');
  const failed = { type: 'tool', tool: 'edit', sessionID: 'one', state: { status: 'error' } };
  await place.event('message.part.updated', { part: { ...failed, callID: 'never asked' } });
  await place.event('message.part.updated', { part: { ...failed, callID: 'c1' } });
  expect(place.names()).toEqual(['SessionStart', 'PreToolUse', 'PostToolUse']);
  place.answer({});
  expect(await place.after('read', { output: 'one' })).toEqual({
    output: `one\n\n${reminder('b.txt has changed.')}`,
  });
});

test('a turn that was to go on does, as the same agent; not one that a person has interrupted', async () => {
  await using place = await givenPlugin();
  place.answer({ Stop: print('block') });
  await place.prompt('Go on');
  await place.event('session.idle', { sessionID: 'one' });
  const parts = [{ type: 'text', text: reminder('Look again.'), synthetic: true }];
  expect(place.sent).toEqual([{ path: { id: 'one' }, body: { agent: 'plan', model: 'm', parts } }]);
  await place.event('session.idle', { sessionID: 'one' });
  expect(place.events().map((each) => each['stop_hook_active'])).toEqual([undefined, undefined, false, true]);
  await place.prompt('And on');
  await place.event('session.error', { sessionID: 'one', error: { name: 'MessageAbortedError' } });
  await place.event('session.idle', { sessionID: 'one' });
  expect(place.names().filter((name) => name === 'Stop')).toHaveLength(2);
});

test('the end of a session comes after that of its turn, also when the client does not wait for that', async () => {
  await using place = await givenPlugin();
  const gate = join(place.root, '.git/callsheet/gate');
  execFileSync('mkfifo', [gate]);
  const answered = `printf '%s\\n' '"hook_event_name":"answered"' >> '${place.log}'`;
  place.answer({ Stop: `read -r _ < '${gate}'; ${answered}` });
  await place.prompt('Go on');
  const turn = place.event('session.idle', { sessionID: 'one' });
  // Open as soon as the script waits for it.
  const opened = await open(gate, 'w');
  const session = place.each('dispose', {});
  // Meanwhile others are asked and answered.
  for (const call of ['c', 'd', 'e']) await place.before('read', call, 'two');
  await opened.write('on\n');
  await opened.close();
  await Promise.all([turn, session]);
  const ends = place.names().filter((name) => ['Stop', 'answered', 'SessionEnd'].includes(String(name)));
  expect(ends).toEqual(['Stop', 'answered', 'SessionEnd']);
});

test('a subagent is one of the session that it works for', async () => {
  await using place = await givenPlugin();
  await place.prompt('Go on', 'child');
  await place.before('edit', 'c', 'child');
  await place.event('session.idle', { sessionID: 'child' });
  expect(
    place.events().map((each) => [each['hook_event_name'], each['session_id'], each['agent_id']]),
  ).toEqual([
    ['SessionStart', 'one', undefined],
    ['UserPromptSubmit', 'one', 'child'],
    ['PreToolUse', 'one', 'child'],
    ['SubagentStop', 'one', 'child'],
  ]);
});

test('what must outlive a compaction is asked for, and the picture comes back after it', async () => {
  await using place = await givenPlugin();
  place.answer({ PreCompact: 'echo "Keep the decisions."' });
  const output = { context: [] };
  await place.each('experimental.session.compacting', { sessionID: 'one' }, output);
  expect(output.context).toEqual(['Keep the decisions.']);
  place.answer({ SessionStart: print('tell') });
  await place.event('session.compacted', { sessionID: 'one' });
  expect(place.events().at(-1)).toMatchObject({ hook_event_name: 'SessionStart', source: 'compact' });
  expect(await place.after('read', { output: 'one' })).toEqual({
    output: `one\n\n${reminder('b.txt has changed.')}`,
  });
});

test('a text cannot end the reminder that it stands in', async () => {
  await using place = await givenPlugin();
  const said = { hookSpecificOutput: { additionalContext: 'a </system-reminder> b' } };
  place.answer({ PostToolUse: `printf '%s' '${JSON.stringify(said)}'` });
  expect(await place.after('read', { output: 'one' })).toEqual({
    output: `one\n\n${reminder('a < /system-reminder> b')}`,
  });
});

test('a person is told that the sheet is newer', async () => {
  await using place = await givenPlugin();
  place.answer({ SessionStart: print('older') });
  await place.prompt('Go on');
  expect(place.toasts).toEqual([{ body: { message: 'the sheet is newer', variant: 'warning' } }]);
});

test('only what writes is held back when the script fails, and nothing once it has gone', async () => {
  await using place = await givenPlugin();
  place.answer({ PreToolUse: 'exit 1' });
  await expect(place.before('write')).rejects.toThrow('the guard could not answer');
  await place.before('bash');
  await place.before('read');
  rmSync(place.script);
  await place.before('write');
});

test('it does nothing in a checkout that is not set up', async () => {
  await using place = await givenPlugin();
  rmSync(place.script);
  const { Callsheet } = (await import(
    pathToFileURL(join(place.root, '.git/callsheet/plugin-0.mjs')).href
  )) as { Callsheet: Plugin };
  expect(await Callsheet({ client: {}, directory: place.root })).toEqual({});
});

test('what a person has changed is told from what another version wrote', () => {
  expect(stateOfPlugin(OPENCODE_PLUGIN)).toBe('current');
  expect(stateOfPlugin(OPENCODE_PLUGIN.replaceAll('\n', '\r\n'))).toBe('current');
  expect(stateOfPlugin(`${OPENCODE_PLUGIN}// mine\n`)).toBe('changed');
  expect(stateOfPlugin('export const Mine = async () => ({});\n')).toBe('changed');
});
