import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAtLeast, versionOf } from './program.js';

function givenProgram(script: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-program-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'client');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test.each([
  ['echo "codex-cli 0.169.0"', '0.169.0'],
  ['echo "0.0.1 is out of date" >&2; echo 0.0.2', '0.0.2'],
  ['echo "$1"', undefined],
  ['echo 1.2.3; exit 1', undefined],
  ['head -c 3000000 /dev/zero; echo 1.2.3', undefined],
])('%s says version %s', async (script, version) => {
  expect(await versionOf(givenProgram(script), process.env, '/nowhere')).toBe(version);
});

test('a program that does not come to an end is ended with all that it started, and has no version', async () => {
  const file = givenProgram('echo 1.2.3; sleep 600 & wait');
  expect(await versionOf(file, process.env, '/nowhere', 100)).toBeUndefined();
});

test.each([
  ['2.1.328', '2.1.328', true],
  ['2.1.1000', '2.1.328', true],
  ['2.2.0', '2.1.328', true],
  ['2.1.197', '2.1.328', false],
  ['1.9.999', '2.1.328', false],
])('%s is at least %s: %s', (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
