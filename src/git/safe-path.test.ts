import { symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { givenFolder, write } from './given-repository.js';
import { insideRepository, placeInside, recordedInside } from './safe-path.js';

function givenRoot(): { folder: string; root: string } {
  const folder = givenFolder();
  const root = join(folder, 'repo');
  write(root, { 'src/a.ts': '', '.github/x': '', '.gitignore': '' });
  write(folder, { 'outside/secret': '' });
  return { folder, root };
}

test('paths inside come out relative to the root, with plain slashes', () => {
  const { folder, root } = givenRoot();
  symlinkSync(root, join(folder, 'link'));
  expect(insideRepository(root, 'src/a.ts')).toBe('src/a.ts');
  expect(insideRepository(root, './src//new/../b.ts')).toBe('src/b.ts');
  expect(insideRepository(root, join(root, 'src'))).toBe('src');
  expect(insideRepository(join(folder, 'link'), join(folder, 'link/src/a.ts'))).toBe('src/a.ts');
  expect(insideRepository(join(folder, 'link'), join(root, 'src/a.ts'))).toBe('src/a.ts');
  expect(insideRepository(root, '.')).toBe('.');
  for (const name of ['.github/x', '.gitignore', '..a', 'a~1', 'dir with space/ü', '-x', '$(touch x)']) {
    expect(insideRepository(root, name)).toBe(name);
  }
});

test.each([
  '',
  '..',
  '../outside/secret',
  'src/../../outside',
  '/etc/passwd',
  '~/x',
  '~root',
  'C:\\x',
  'c:x',
  '\\\\host\\x',
  '/proc/self/root',
  'a\0b',
  'a\nb',
  'a\u001b[0m',
  '\ud800',
  '.git',
  '.git/config',
  'sub/.git/hooks/x',
  '.GIT/x',
  'git~1',
  'GIT~1/x',
  '.git.',
  '.git ',
  '.git . .',
  '.g\u200cit/x',
  '.\ufeffgit',
  '.git::$INDEX_ALLOCATION',
  'x\\.git\\y',
])('%j is refused', (path) => {
  const { root } = givenRoot();
  expect(() => insideRepository(root, path)).toThrow(
    expect.objectContaining({ code: 'PATH_OUTSIDE', exit: 'usage' }),
  );
});

test('in a recorded path what a shell would read otherwise is part of a name, and no other rule is let go of', () => {
  const { root } = givenRoot();
  for (const name of ['~notes.txt', '~/x', 'c:x']) expect(recordedInside(root, name)).toBe(name);
  for (const path of ['../outside/secret', '.git/config', 'a\nb', '/etc/passwd'])
    expect(() => recordedInside(root, path)).toThrow(expect.objectContaining({ code: 'PATH_OUTSIDE' }));
});

test('symlinks are followed, and none leads out, into .git, nowhere or in a circle', () => {
  const { folder, root } = givenRoot();
  mkdirSync(join(root, '.git'));
  for (const [name, target] of [
    ['out', join(folder, 'outside')],
    ['file', join(folder, 'outside/secret')],
    ['dangling', join(folder, 'nothing')],
    ['circle', 'circle'],
    ['git', '.git'],
    ['ok', 'src'],
  ] as const)
    symlinkSync(target, join(root, name));
  writeFileSync(join(root, 'plain'), '');
  for (const path of [
    'out',
    'out/secret',
    'out/new/file',
    'file',
    'dangling',
    'dangling/x',
    'circle',
    'git/hooks/x',
    'plain/x',
  ]) {
    expect(() => insideRepository(root, path)).toThrow(expect.objectContaining({ code: 'PATH_OUTSIDE' }));
  }
  expect(insideRepository(root, 'ok/a.ts')).toBe('ok/a.ts');
  for (const [path, place] of [
    ['ok/a.ts', 'src/a.ts'],
    ['ok/new/b.ts', 'src/new/b.ts'],
    ['ok', 'ok'],
  ] as const)
    expect(placeInside(root, path)).toBe(place);
});

test('whatever comes in, what comes out stays inside', () => {
  const { root } = givenRoot();
  const part = fc.constantFrom('..', '.', 'a', 'src', '.git', '/', '', 'out', ' ');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      try {
        const inside = insideRepository(root, parts.join('/'));
        expect(inside.split('/')).not.toContain('..');
        expect(inside.startsWith('/')).toBe(false);
        expect(inside.split('/')).not.toContain('.git');
      } catch (error) {
        expect(error).toMatchObject({ code: 'PATH_OUTSIDE' });
      }
    }),
  );
});
