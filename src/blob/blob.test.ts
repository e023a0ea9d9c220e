import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blobFolder, keepBlob, readBlob } from './blob.js';

const HASH = 'ab'.repeat(20);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callsheet-blob-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a content is kept, also where a killed process of the same number has left half of it', () => {
  const place = join(blobFolder(folder), 'ab');
  mkdirSync(place, { recursive: true });
  symlinkSync('elsewhere', join(place, `${HASH.slice(2)}.${process.pid}.part`));
  expect(keepBlob(folder, HASH, Buffer.from('kept'))).toBe(true);
  expect(readBlob(folder, HASH)?.toString()).toBe('kept');
  expect(readdirSync(place)).toEqual([HASH.slice(2)]);
});

test('nothing is kept through a link', () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  mkdirSync(blobFolder(folder));
  symlinkSync(outside, join(blobFolder(folder), 'ab'));
  expect(() => keepBlob(folder, HASH, Buffer.from('kept'))).toThrow(
    expect.objectContaining({ code: 'SHEET_FOLDER' }) as Error,
  );
  expect(readdirSync(outside)).toEqual([]);
});
