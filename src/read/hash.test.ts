import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { contentHash } from './hash.js';

const byGit = (content: Buffer): string =>
  execFileSync('git', ['hash-object', '--stdin'], { input: content, encoding: 'utf8' }).trim();

test.each([0, 1, 4_096, 12_000, 12_001, 100_000])('the hash of %i bytes is that of git', (length) => {
  const content = Buffer.from(Array.from({ length }, (_, at) => (at * 7_919) % 251));
  expect(contentHash(content, '')).toBe(byGit(content));
});

test('without WebAssembly it is the same', async () => {
  const { WebAssembly: had } = globalThis as { WebAssembly?: unknown };
  onTestFinished(() => void Object.assign(globalThis, { WebAssembly: had }));
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  vi.resetModules();
  const fresh = await import('./hash.js');
  const content = Buffer.from('one\n');
  expect(fresh.contentHash(content, '')).toBe(byGit(content));
});
