import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { entryPoint, systemProcesses } from '../../src/process/index.js';
import { readServerFile } from '../../src/server/server-file.js';
import { openDatabase } from '../../src/store/sqlite/database.js';
import { removeFolder } from '../support/remove-folder.js';
import { givenHook, untilServed, words } from './given-hook.js';

const givenBuilt = () => givenHook({ entry: entryPoint('hook') });

function makeNewer(file: string): void {
  const database = openDatabase(file);
  database.exec('pragma user_version = 99');
  database.close();
}

test('the lean entry answers as a server would', async () => {
  const hook = await givenBuilt();
  const started = await hook.run(words('SessionStart'));
  expect(started).toMatchObject({ code: 0, stderr: '' });
  expect(started.stdout).toContain('callsheet: you are');
  const input = { file_path: join(hook.root, 'a.txt'), content: 'two\n' };
  const write = words('PreToolUse', { tool_name: 'Write', tool_input: input, tool_use_id: 't' });
  const refused = await hook.run(write);
  expect(JSON.parse(refused.stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
});

test('the sheet is that of the script, wherever the client works', async () => {
  const [hook, elsewhere] = [await givenBuilt(), await givenHook()];
  await hook.run({ ...words('SessionStart'), cwd: elsewhere.root }, { PWD: elsewhere.root });
  expect(existsSync(join(hook.sheetFolder, 'sessions/one'))).toBe(true);
});

test('a failure blocks what writes, and nothing else', async () => {
  const hook = await givenBuilt();
  hook.register('one');
  writeFileSync(join(hook.sheetFolder, 'store'), 'sqlite:nowhere');
  const before = (tool_name: string, ...more: string[]) =>
    hook.run(words('PreToolUse', { tool_name, tool_input: {} }), {}, 'claude', ...more);
  const passed = { code: 0, stdout: '', stderr: expect.stringContaining('nowhere') as string };
  expect(await before('Edit')).toMatchObject({ code: 2, stdout: '' });
  expect(await before('Read')).toEqual(passed);
  expect(await before('Read', 'fail-open')).toEqual(passed);
});

test('what fails open is looked at by the entry: a session that was never registered is nobody', async () => {
  const hook = await givenBuilt();
  writeFileSync(join(hook.sheetFolder, 'store'), 'sqlite:nowhere');
  const stop = () => hook.run(words('Stop'), {}, 'claude', 'fail-open');
  expect(await stop()).toEqual({ code: 0, stdout: '', stderr: '' });
  hook.register('one');
  expect((await stop()).stderr).toContain('nowhere');
});

const LOADED = `
process.on('exit', () =>
  require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify(process.moduleLoadList)));`;

describe('while nothing is new', () => {
  const steps = (root: string): [string, object][] => {
    const file_path = join(root, 'a.txt');
    const edit = { file_path, old_string: 'one', new_string: 'two' };
    return [
      ['a read', words('PreToolUse', { tool_name: 'Read', tool_input: { file_path }, tool_use_id: 'r' })],
      ['an edit', words('PreToolUse', { tool_name: 'Edit', tool_input: edit, tool_use_id: 'e' })],
      ['the end of a step', words('PostToolBatch', { tool_calls: [] })],
    ];
  };

  test('nothing is loaded that takes longer than the work', async () => {
    const hook = await givenBuilt();
    const folder = mkdtempSync(join(tmpdir(), 'callsheet-loaded-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [tell, loaded] = [join(folder, 'tell.cjs'), join(folder, 'loaded')];
    writeFileSync(tell, LOADED);
    // Too large for the hash that is always there.
    writeFileSync(join(hook.root, 'a.txt'), `one\n${'more\n'.repeat(4_000)}`);
    await hook.run(words('SessionStart'));
    for (const [, body] of steps(hook.root)) await hook.run(body);
    for (const [what, body] of steps(hook.root)) {
      expect(await hook.run(body, { NODE_OPTIONS: `--require ${tell}`, LOADED: loaded })).toMatchObject({
        code: 0,
      });
      const modules = JSON.parse(readFileSync(loaded, 'utf8')) as string[];
      for (const name of ['crypto', 'stream', 'child_process', 'v8'])
        expect(modules, what).not.toContain(`NativeModule ${name}`);
    }
  });

  test('the compiled form that the build has made is taken as it is', async () => {
    const hook = await givenBuilt();
    const dist = dirname(entryPoint('hook'));
    const forms = () =>
      readdirSync(dist)
        .filter((name) => /^hook-main.*\.cache$/.test(name))
        .map((name) => [name, statSync(join(dist, name)).mtimeMs]);
    await hook.run(words('SessionStart'));
    const before = forms();
    for (const [, body] of steps(hook.root)) expect(await hook.run(body)).toMatchObject({ code: 0 });
    expect(forms()).toEqual(before);
  });
});

describe('the server', () => {
  test('is started by the first session, without what belongs to the client', async () => {
    const hook = await givenBuilt();
    const env = { CALLSHEET_NO_SERVER: '', ANTHROPIC_API_KEY: 'secret', CLAUDE_PROJECT_DIR: hook.root };
    await hook.run(words('SessionStart'), env);
    const file = await untilServed(hook.sheetFolder);
    const { pid } = file.process;
    onTestFinished(() => void process.kill(pid, 'SIGTERM'));
    if (process.platform === 'linux')
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toMatch(/ANTHROPIC|CLAUDE/);
    await hook.run(words('SessionStart', {}, 'two'), env);
    expect(readServerFile(hook.sheetFolder)).toEqual(file);
  });

  test.each(['UserPromptSubmit', 'Stop'])('that has gone is started again at %s', async (event) => {
    const hook = await givenBuilt();
    await hook.run(words('SessionStart'));
    await hook.run(words(event), { CALLSHEET_NO_SERVER: '' });
    const { process: server } = await untilServed(hook.sheetFolder);
    onTestFinished(() => void process.kill(server.pid, 'SIGTERM'));
  });

  test('ends also when its repository has gone while it started', async () => {
    const hook = await givenBuilt();
    const server = spawn(process.execPath, [entryPoint('server'), join(hook.root, '.git')]);
    onTestFinished(() => void server.kill('SIGKILL'));
    const ended = once(server, 'close');
    await untilServed(hook.sheetFolder);
    removeFolder(hook.root);
    server.kill('SIGTERM');
    await ended;
  });

  test.each([
    ['by a tool call', 'PreToolUse', ''],
    ['where it is forbidden', 'SessionStart', '1'],
  ])('is not started %s', async (_, event, forbidden) => {
    const hook = await givenBuilt();
    hook.register('one');
    await hook.run(words(event), { CALLSHEET_NO_SERVER: forbidden });
    // It would be there before the hook has ended, and works in the repository's folder.
    expect(systemProcesses.findInside?.(hook.root)).toEqual([]);
  });
});

describe('a sheet that a newer callsheet has changed', () => {
  test('refuses nothing, and each session is told once', async () => {
    const hook = await givenBuilt();
    hook.register('one');
    makeNewer(hook.sheet.file);
    const edit = words('PreToolUse', {
      tool_name: 'Write',
      tool_input: { file_path: join(hook.root, 'a.txt') },
    });
    const first = await hook.run(edit);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('systemMessage');
    expect(first.stdout).toContain('schema 99');
    expect(await hook.run(edit)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('registers nobody', async () => {
    const hook = await givenBuilt();
    makeNewer(hook.sheet.file);
    expect((await hook.run(words('SessionStart'))).stdout).toContain('schema 99');
    expect(existsSync(join(hook.sheetFolder, 'sessions/one'))).toBe(false);
  });
});

test('a sheet that cannot be read blocks what writes, and nothing else', async () => {
  const hook = await givenBuilt();
  hook.register('one');
  await hook.sheet.store.flush();
  writeFileSync(hook.sheet.file, 'no database, but long enough to look like one '.repeat(100));
  const edit = (tool: string) => words('PreToolUse', { tool_name: tool, tool_input: {} });
  const blocked = await hook.run(edit('Edit'));
  expect(blocked).toMatchObject({ code: 2, stdout: '' });
  expect(blocked.stderr).toContain('is damaged');
  expect(await hook.run(edit('Read'))).toMatchObject({ code: 0, stdout: '' });
});
