import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prebuiltSqlite } from './prebuilt.js';

const load = createRequire(import.meta.url);
const isLinux = process.platform === 'linux';

function givenPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-prebuilt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const place = join(folder, 'node_modules/@photostructure/sqlite');
  const from = join(folder, 'node_modules/callsheet/dist');
  mkdirSync(from, { recursive: true });
  return { place, from };
}

test.runIf(isLinux)('what is found is what the package loads', () => {
  const file = prebuiltSqlite(import.meta.dirname);
  const place = dirname(dirname(load.resolve('@photostructure/sqlite')));
  const finder = createRequire(place)('node-gyp-build') as { path(folder: string): string };
  expect(file).toBe(finder.path(place));
});

test('where the package is not, or has not this one, nothing is found', () => {
  const { place, from } = givenPackage();
  expect(prebuiltSqlite(from)).toBeUndefined();
  mkdirSync(place, { recursive: true });
  expect(prebuiltSqlite(from)).toBeUndefined();
});

test.runIf(isLinux)('one that was built here is left to the package', () => {
  const { place, from } = givenPackage();
  const shipped = join(place, 'prebuilds', `linux-${process.arch}`);
  mkdirSync(shipped, { recursive: true });
  for (const libc of ['glibc', 'musl'])
    writeFileSync(join(shipped, `@photostructure+sqlite.${libc}.node`), '');
  expect(prebuiltSqlite(from)).toMatch(shipped);
  mkdirSync(join(place, 'build'));
  expect(prebuiltSqlite(from)).toBeUndefined();
});
