import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { entryPoint, systemProcesses } from '../../src/process/index.js';
import { readServerFile } from '../../src/server/server-file.js';
import { openDatabase } from '../../src/store/sqlite/database.js';
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
    rmSync(hook.root, { recursive: true, force: true });
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
