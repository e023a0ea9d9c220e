import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCallsheet, startCommand } from '../../test/support/command.js';
import { givenCheckout } from '../../test/support/given-sheet.js';

const json = (text: string): unknown => JSON.parse(text);

test('the whole way of a task by hand', async () => {
  const root = givenCheckout();
  const callsheet = (...args: string[]) => runCallsheet(root, args, { CALLSHEET_AGENT: 'ada' });

  expect(await callsheet('task', 'add', 'Limiter', '--spec', 'A token bucket', '-p', '2')).toEqual({
    code: 0,
    stdout: 'Added task-1, ready to be claimed: callsheet task claim task-1\n',
    stderr: '',
  });
  const claimed = await callsheet('task', 'claim', '--json');
  expect(claimed).toMatchObject({ code: 0, stderr: '' });
  expect(json(claimed.stdout)).toMatchObject({
    id: 'task-1',
    attempt: 1,
    title: 'Limiter',
    spec: 'A token bucket',
    files: [],
    priority: 2,
  });
  expect((await callsheet('task', 'progress', 'task-1', 'half', '--attempt', '1')).stdout).toBe(
    'Noted for task-1: half\n',
  );
  expect((await callsheet('status')).stdout.split('\n')[0]).toBe('0 of 1 task complete, one running.');
  expect((await callsheet('task', 'complete', 'task-1', 'It limits')).stdout).toBe('task-1 is done.\n');
  expect((await callsheet('status')).stdout.split('\n')[0]).toBe('1 of 1 task complete.');

  const late = await callsheet('task', 'progress', 'task-1', 'more', '--attempt', '1', '--json');
  expect(late).toMatchObject({ code: 3, stdout: '' });
  expect(json(late.stderr)).toMatchObject({
    error: { code: 'LEASE_LOST', hint: expect.any(String) as string },
  });
});

test('with nothing to claim: exit 3, null as JSON, the reason on stderr', async () => {
  const root = givenCheckout();
  const asJson = await runCallsheet(root, ['task', 'claim', '--json']);
  expect(asJson).toMatchObject({ code: 3, stdout: 'null\n' });
  expect(json(asJson.stderr)).toMatchObject({ error: { code: 'NOTHING_READY' } });
  const plain = await runCallsheet(root, ['task', 'claim']);
  expect(plain).toMatchObject({ code: 3, stdout: '' });
  expect(plain.stderr).toBe(
    'error NOTHING_READY: Nothing is ready to be claimed: no stand-alone task is open.\nhint: Add one: callsheet task add "…"\n',
  );
});

test.each([
  [['tsk', 'list'], 'COMMAND_UNKNOWN', 'Did you mean: callsheet task'],
  [['task', 'clam'], 'COMMAND_UNKNOWN', 'Did you mean: callsheet task claim'],
  [['stauts'], 'COMMAND_UNKNOWN', 'Did you mean: callsheet status'],
  [['task', 'add', 'x', '--prority', '1'], 'OPTION_UNKNOWN', 'Did you mean --priority?'],
  [['task', 'add', 'x', '-p', '11'], 'INPUT_INVALID', undefined],
  [['task', 'add', 'x', '-p', 'high'], 'INPUT_INVALID', undefined],
  [
    ['task', 'add', 'x', '--timeout', 'soon'],
    'INPUT_INVALID',
    'Write it as 90s, 10m, 1h30m or 2d; at most 30d.',
  ],
  [
    ['task', 'add', 'x', '--kind', 'magic'],
    'INPUT_INVALID',
    'Choose one of: implement, fix, research, review, verify, synthesis',
  ],
  [['task', 'add', 'x', '--files', '../x'], 'PATH_OUTSIDE', expect.any(String)],
  [['task', 'add', 'x', '--id', 'a\u001b[2Jb'], 'INPUT_INVALID', 'Use a single word.'],
  [['task', 'add', 'x', '--spec', '--json'], 'OPTION_VALUE', 'If it is the value: --spec=--json'],
  [['task', 'add'], 'INPUT_MISSING', expect.any(String)],
  [
    ['task', 'add', 'two', 'words'],
    'ARGUMENT_UNEXPECTED',
    'Put text of several words in quotes: callsheet task add TITLE',
  ],
  [['init', 'claude'], 'ARGUMENT_UNEXPECTED', 'It is an option: callsheet init --claude'],
  [['status', 'x'], 'ARGUMENT_UNEXPECTED', 'It takes none: callsheet status'],
  [['task', 'show', 'task-99'], 'TASK_UNKNOWN', 'See the tasks: callsheet task list'],
  [['status', '-C', 'nowhere'], 'FOLDER_MISSING', expect.any(String)],
])('%j is wrong usage (%s)', async (args, code, hint) => {
  const ended = await runCallsheet(givenCheckout(), [...args, '--json']);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(json(ended.stderr)).toMatchObject({ error: hint === undefined ? { code } : { code, hint } });
});

test('what follows -- is text, whatever it begins with', async () => {
  const root = givenCheckout();
  const ended = await runCallsheet(root, ['task', 'add', '--json', '--', '--help me']);
  expect(json(ended.stdout)).toMatchObject({ title: '--help me' });
});

test('options may stand before the command, and -C works as in git', async () => {
  const root = givenCheckout();
  const ended = await runCallsheet(tmpdir(), ['-C', root, '--json', 'task', 'list']);
  expect(ended).toEqual({ code: 0, stdout: '{"tasks":[],"total":0}\n', stderr: '' });
});

test('outside a repository the refusal says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-none-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ended = await runCallsheet(folder, ['status', '--json']);
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(json(ended.stderr)).toMatchObject({
    error: { code: 'NOT_A_REPOSITORY', hint: expect.any(String) as string },
  });
});

test('help needs no repository, and every command has one', async () => {
  const all = await runCallsheet(tmpdir(), ['--help']);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  const commands = [...all.stdout.matchAll(/^ {2}((?:task|lock|note) \w+|status|undo|clean)\b/gm)].map(
    ([, words]) => words ?? '',
  );
  expect(commands.length).toBeGreaterThan(25);
  for (const words of ['task add', 'status', 'lock acquire']) {
    const help = await runCallsheet(tmpdir(), [...words.split(' '), '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: callsheet ${words}`);
    expect(await runCallsheet(tmpdir(), ['help', ...words.split(' ')])).toEqual(help);
  }
  expect((await runCallsheet(tmpdir(), ['help', 'exit-codes'])).stdout).toMatch(/^0 +done$/m);
  expect((await runCallsheet(tmpdir(), ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('the completion script for bash is one that bash can read', async () => {
  const { stdout } = await runCallsheet(tmpdir(), ['completion', 'bash']);
  const script = `${stdout}\nCOMP_WORDS=(callsheet task cla); COMP_CWORD=2; _callsheet; echo "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('claim\n');
});

test('a reader that has seen enough is no error', async () => {
  const root = givenCheckout();
  await runCallsheet(root, ['task', 'add', 'One']);
  const { child, ended, printed } = startCommand(root, ['log', '--follow']);
  await printed('task.created');
  child.stdout.destroy();
  await runCallsheet(root, ['task', 'add', 'Two']);
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test('following the log tells what other processes do, one event a line behind a header, and ends with 130', async () => {
  const root = givenCheckout();
  const { child, ended, printed } = startCommand(root, ['log', '--follow', '--json', '--type', 'task']);
  await printed('"callsheet":"log"');
  await runCallsheet(root, ['task', 'add', 'One']);
  await printed('task.created');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  const [header, event, ...rest] = stdout.trim().split('\n').map(json);
  expect(header).toEqual({ callsheet: 'log', version: 1 });
  expect(event).toMatchObject({ type: 'task.created', task: 'task-1' });
  expect(rest).toEqual([]);
});

test('a lock is waited for, and had as soon as its holder lets go', async () => {
  const root = givenCheckout();
  await runCallsheet(root, ['lock', 'acquire', 'a.txt', '--as', 'ada']);
  const refused = await runCallsheet(root, ['lock', 'acquire', 'a.txt', '--as', 'bo']);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/^error LOCK_HELD: Nothing was locked: ada holds a\.txt/);
  const { ended, printed } = startCommand(root, ['lock', 'acquire', 'a.txt', '--as', 'bo', '--wait', '30s']);
  await printed('Waiting for 30s');
  await runCallsheet(root, ['lock', 'release', 'a.txt', '--as', 'ada']);
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^lock-2 is yours until .*: a\.txt\n$/);
});

test('a mistake of callsheet itself is one line with a code, and no stack', async () => {
  const root = givenCheckout();
  const ended = await runCallsheet(root, ['status'], { CALLSHEET_STORE: `sqlite:${join(root, 'a.txt')}` });
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toMatch(/^error [A-Z_]+: .+/);
  expect(ended.stderr).not.toContain('    at ');
});
