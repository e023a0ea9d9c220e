import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { driverFor } from '../index.js';

const folder = mkdtempSync(join(tmpdir(), 'callsheet-script-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function problemOf(script: string): Promise<string | undefined> {
  writeFileSync(join(folder, 's.yaml'), script);
  return (await driverFor('scripted:s.yaml', { folder }).check())?.message;
}

test('a script in which every step is right has no problem', async () => {
  const steps = [
    ...[
      'read: a',
      'read: [a, b]',
      'edit: {file: a, find: b, replace: c}',
      'write: {file: a, text: b}',
      'delete: a',
    ],
    ...['run: ls', 'run: {command: ls, mayFail: true}', 'note: {kind: fact, text: b}', 'progress: x'],
    ...[
      'message: {type: QUESTION, to: lead, body: b}',
      'checkpoint: {done: a, next: b}',
      'wait: 2s',
      'silent: 1m',
    ],
    ...[
      'wait: {forFile: a}',
      'wait: {forTask: a, state: done}',
      'ask: b?',
      'complete: {summary: a, findings: [b]}',
    ],
    ...['fail: a', 'crash: true', 'crash: SIGSEGV', 'crash: 3', 'hang: true', 'lie: a', 'commit: a'],
  ];

  expect(await problemOf(`default:\n${steps.map((step) => `  - ${step}\n`).join('')}`)).toBeUndefined();
});

test.each([
  ['default:\n  - raed: a', 2, 'a step has one key, not "raed"; steps are read, edit'],
  ['default:\n  - read: a\n    run: ls', 2, 'a step has one key, not "read, run"'],
  ['default:\n  - read: a\n  - edit: { file: a, find: b }', 3, 'edit lacks replace'],
  ['default:\n  - edit: { file: a, find: b, replace: c, all: true }', 2, 'edit has an unknown key all'],
  ['default:\n  - wait: soon', 2, 'wait needs a duration such as 2s, not "soon"'],
  ['default:\n  - crash: SIGNOT', 2, 'crash needs true'],
  ['default:\n  - constructor: x', 2, 'a step has one key, not "constructor"'],
  ['default: read', 1, 'must be a mapping'],
  ['taks:\n  a: []', 2, 'unknown key taks'],
  ['tasks:\n  a: { steps: [], attempts: [] }', 2, 'either steps or attempts'],
  ['tasks:\n  a: { attempts: [] }', 2, 'attempts is empty'],
  ['tasks:\n  a: []\n  a: []', 3, 'unique'],
  ['default: [', 1, ''],
])('the script %j is refused with its line', async (script, line, message) => {
  const problem = await problemOf(script);

  expect(problem).toContain(`s.yaml:${line}: `);
  expect(problem).toContain(message);
  expect(problem).toContain('No agent was started.');
});

test('a bomb of aliases and nesting without end are refused', async () => {
  const bomb = [
    'a: &a [x]',
    ...[...'bcdefgh'].map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(20)}]`),
  ];

  expect(await problemOf(`tasks:\n${bomb.map((line) => `  ${line}\n`).join('')}`)).toContain('s.yaml:');
  expect(await problemOf(`default: ${'['.repeat(100_000)}`)).toContain('s.yaml:');
});

test('a script that is missing or too large is named', async () => {
  const missing = await driverFor('scripted:none.yaml', { folder }).check();

  expect(missing?.message).toContain(join(folder, 'none.yaml'));
  expect(await problemOf(`# ${'x'.repeat(1024 * 1024)}`)).toContain('at most 1048576');
});
