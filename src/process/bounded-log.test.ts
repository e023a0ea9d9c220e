import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog, readLog } from './index.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callsheet-log-'));
  file = join(folder, 'logs', 'one.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sizeOnDisk = () =>
  readdirSync(join(folder, 'logs')).reduce((sum, name) => sum + statSync(join(folder, 'logs', name)).size, 0);

test('what fits is kept whole and is readable while the log is open', () => {
  const log = openLog(file, 1_000);
  log.write(Buffer.from('first\n'));
  log.write(Buffer.from('x'.repeat(600)));

  expect(readLog(file)).toBe(`first\n${'x'.repeat(600)}`);
  log.close();
});

test('a flood keeps its first and its last words and stays within the limit', () => {
  const log = openLog(file, 300_000);
  log.write(Buffer.from('begin\n'));
  const chunk = Buffer.from('flood\n'.repeat(10_000));
  for (let count = 0; count < 200; count += 1) log.write(chunk);
  log.write(Buffer.from('the end\n'));
  log.close();

  const text = readLog(file);
  expect(text.startsWith('begin\n')).toBe(true);
  expect(text.endsWith('the end\n')).toBe(true);
  expect(text).toMatch(/\n… \d+ bytes left out …\n/);
  expect(sizeOnDisk()).toBeLessThanOrEqual(300_000);
  expect(log.tail(1)).toBe('the end');
});

test('a log that is opened again goes on where it was', () => {
  const written = 'abcdefghij'.repeat(5);
  for (const part of [written.slice(0, 4), written.slice(4, 25), written.slice(25)]) {
    const log = openLog(file, 90);
    log.write(Buffer.from(part));
    log.close();
  }

  expect(readLog(file)).toBe(written);
});

test('head and tail are exact, and the number of bytes left out is right, whatever the pieces', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '7'), maxLength: 40 }), {
    maxLength: 30,
  });
  let run = 0;
  fc.assert(
    fc.property(pieces, fc.integer({ min: 3, max: 120 }), (texts, limit) => {
      const name = `${file}-${(run += 1)}.log`;
      const log = openLog(name, limit);
      for (const text of texts) log.write(Buffer.from(text));
      log.close();

      const whole = texts.join('');
      const [, head, leftOut, tail] =
        /^([^…]*)\n… (\d+) bytes left out …\n([^…]*)$/.exec(readLog(name)) ?? [];
      if (head === undefined || tail === undefined) {
        expect(readLog(name)).toBe(whole);
        return;
      }
      expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
      expect(head.length + Number(leftOut) + tail.length).toBe(whole.length);
      expect(head.length + tail.length).toBeLessThanOrEqual(limit);
    }),
  );
});

test('the tail never starts in the middle of a character', () => {
  const log = openLog(file, 100_000);
  log.write(Buffer.from(`x${'€'.repeat(10_000)}`));
  log.close();

  expect(log.tail()).not.toContain('\ufffd');
});

test('a disk that refuses to be written ends the log, not its writer', () => {
  const log = openLog(file, 30);
  rmSync(join(folder, 'logs'), { recursive: true });
  log.write(Buffer.from('a'.repeat(25)));

  expect(log.problem()).toContain('ENOENT');
  expect(log.tail()).toBe('a'.repeat(25));
  expect(existsSync(file)).toBe(false);
  log.close();
});

test('a log that was never written reads as empty', () => {
  expect(readLog(join(folder, 'none', 'x.log'))).toBe('');
});

test.each([
  ['a link', () => symlinkSync(join(folder, 'outside'), file)],
  ['a pipe', () => execFileSync('mkfifo', [file])],
  ['a folder', () => mkdirSync(file)],
])('%s in place of a log is neither written nor read, and not waited for', (_, put) => {
  writeFileSync(join(folder, 'outside'), 'mine');
  mkdirSync(join(folder, 'logs'));
  put();
  const refusal = expect.objectContaining({ code: 'SHEET_FOLDER' }) as Error;
  expect(() => openLog(file, 300)).toThrow(refusal);
  expect(() => readLog(file)).toThrow(refusal);
  expect(readFileSync(join(folder, 'outside'), 'utf8')).toBe('mine');
});

test('a log in a folder that is a link is not written', () => {
  mkdirSync(join(folder, 'outside'));
  symlinkSync('outside', join(folder, 'logs'));
  expect(() => openLog(file, 300)).toThrow(
    expect.objectContaining({
      code: 'SHEET_FOLDER',
      message: expect.stringContaining('logs') as string,
    }) as Error,
  );
  expect(readdirSync(join(folder, 'outside'))).toEqual([]);
});
