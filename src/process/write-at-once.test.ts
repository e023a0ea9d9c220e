import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeAtOnce } from './write-at-once.js';

/** A pipe that does not block: more than it holds is not taken. */
function givenPipe() {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-pipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(writer));
  return { reader, writer };
}

test('what a pipe does not take at once is given back, and nothing is lost or said twice', () => {
  const { reader, writer } = givenPipe();
  const text = Array.from({ length: 40_000 }, (_, line) => `line ${line} ä\n`).join('');
  const left = writeAtOnce(writer, text);
  const taken = Buffer.alloc(1_000_000);
  const length = readSync(reader, taken);
  closeSync(reader);
  expect(left.length).toBeGreaterThan(0);
  expect(Buffer.concat([taken.subarray(0, length), left as Buffer]).toString()).toBe(text);
});

test('all that it takes leaves nothing', () => {
  const { reader, writer } = givenPipe();
  expect(writeAtOnce(writer, 'hello\n')).toHaveLength(0);
  const taken = Buffer.alloc(10);
  expect(readSync(reader, taken)).toBe(6);
  closeSync(reader);
});

test('when nobody reads any more, it says so', () => {
  const { reader, writer } = givenPipe();
  closeSync(reader);
  expect(writeAtOnce(writer, 'hello\n')).toBe('gone');
});
