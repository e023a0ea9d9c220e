import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hookScript } from './script.js';

/** Runs the script with a program of ours in the place of the entry; without one, the entry is gone. */
function runScript(input: object, program: string | undefined, registered: string[] = ['s-1']) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "callsheet it's-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, 'entry.cjs');
  if (program !== undefined) writeFileSync(entry, program);
  mkdirSync(join(folder, 'sessions'));
  for (const id of registered) writeFileSync(join(folder, 'sessions', id), '');
  writeFileSync(join(folder, 'hook'), hookScript({ node: process.execPath, entry }));
  chmodSync(join(folder, 'hook'), 0o755);
  const { status, stdout, stderr } = spawnSync(join(folder, 'hook'), ['claude'], {
    cwd: folder,
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const TELLS = `process.stdout.write(JSON.stringify({ client: process.argv[2], pid: Number(process.argv[3]) }));
process.stderr.write('why'); process.exitCode = 2;`;
const before = (tool: string) => ({ session_id: 's-1', hook_event_name: 'PreToolUse', tool_name: tool });
const PASSED = { code: 0, stdout: '', stderr: '' };

test('a registered session is answered by the program, which is told who asks', () => {
  expect(runScript(before('Edit'), TELLS)).toEqual({
    code: 2,
    stdout: `${JSON.stringify({ client: 'claude', pid: process.pid })}\n`,
    stderr: 'why',
  });
});

test('one that is not registered passes unasked, but for its start', () => {
  expect(runScript(before('Edit'), TELLS, [])).toEqual(PASSED);
  expect(runScript({ ...before('Edit'), session_id: '../sessions' }, TELLS)).toEqual(PASSED);
  expect(runScript({ session_id: 's-2', hook_event_name: 'SessionStart' }, TELLS, []).code).toBe(2);
});

test('without callsheet everybody passes', () => {
  expect(runScript(before('Write'), undefined)).toEqual(PASSED);
});

test.each([
  ['Edit', 2],
  ['Write', 2],
  ['MultiEdit', 2],
  ['NotebookEdit', 2],
  ['apply_patch', 2],
  ['Read', 0],
  ['Bash', 0],
])('when the program fails, %s exits %d', (tool, code) => {
  expect(runScript(before(tool), 'console.log("{"); process.exitCode = 1')).toMatchObject({
    code,
    stdout: '',
  });
});
