import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentHash } from './hash.js';

const oracle = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
const bytesOf = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 131 + length * 7) % 256));

test('a content of any length has the name that git gives it', () => {
  const lengths = [...Array(200).keys(), ...[1_000, 4_095, 8_191, 8_192, 8_193, 100_000]];
  for (const length of lengths)
    expect(contentHash(bytesOf(length), ''), `${length}`).toBe(oracle(bytesOf(length)));
});

test('a content that has been changed in place since has another', () => {
  const content = Buffer.from('one\n');
  expect(contentHash(content, '')).toBe('5626abf0f72e58d7a153368ba57db4c673c0e171');
  content.write('two\n');
  expect(contentHash(content, '')).toBe('f719efd430d52bcfc8566a43b2eb655688d38871');
});

test('a repository of SHA-256 names it by that', () => {
  const name = createHash('sha256').update('blob 3\0abc').digest('hex');
  expect(contentHash(Buffer.from('abc'), name)).toBe(name);
});
