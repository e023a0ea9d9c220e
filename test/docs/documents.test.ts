import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents, firstCells, headingsOf, PROJECT, sectionOf, textOf } from './documents.js';

describe.each(documents())('%s', (path) => {
  test('leads only to files and headings that are there', () => {
    for (const [, target = ''] of textOf(path).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(PROJECT, to)), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(to), target).toContain(anchor);
    }
  });

  test('names no folder of the machine that it was written on', () => {
    expect(textOf(path)).not.toMatch(/\/(home|Users|root|work)\/\w/);
  });
});

/** As code hosts make them of headings. */
function anchorsOf(path: string): string[] {
  const headings = [1, 2, 3, 4].flatMap((level) => headingsOf(path, level));
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('ARCHITECTURE.md has a line for every folder of src, and no other', () => {
  const folders = readdirSync(join(PROJECT, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const named = firstCells(sectionOf('ARCHITECTURE.md', '## Folders of `src/`'));
  expect(named.sort()).toEqual(folders.map(({ name }) => name).sort());
});

describe('what ARCHITECTURE.md calls absent is absent:', () => {
  test('the command line imports operations, the sheet and the ground only', () => {
    const imported = sources('cli').flatMap(({ text }) =>
      [...text.matchAll(/from '\.\.\/([a-z]+)\//g)].map(([, name]) => name),
    );
    const allowed = ['operations', 'sheet', 'store', 'git', 'process', 'text', 'error'];
    expect(imported.filter((name = '') => !allowed.includes(name))).toEqual([]);
  });

  test('SQL outside the records, landing, workspace and store', () => {
    const folders = [
      'cli',
      'operations',
      'sheet',
      'supervisor',
      'worker',
      'driver',
      'plan',
      'config',
      'git',
      'process',
      'text',
      'error',
    ];
    const found = folders
      .flatMap(sources)
      .filter(({ path, text }) => /\bsql`/.test(text) && !path.startsWith('operations/doctor/'));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('time and chance of their own in records', () => {
    const records = [
      'run',
      'plan',
      'task',
      'agent',
      'lock',
      'read',
      'message',
      'note',
      'conflict',
      'checkpoint',
      'snapshot',
      'gate',
      'event',
    ];
    const found = records
      .flatMap(sources)
      .filter(({ text }) => /Date\.now\(|new Date\(\)|Math\.random\(/.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

function sources(folder: string): { path: string; text: string }[] {
  const names = readdirSync(join(PROJECT, 'src', folder), { recursive: true, encoding: 'utf8' });
  const product = names.filter(
    (name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)(given|conformance)/.test(name),
  );
  return product.map((name) => ({ path: `${folder}/${name}`, text: textOf(`src/${folder}/${name}`) }));
}

test('the changelog speaks of the version of the project', () => {
  const { version } = JSON.parse(textOf('package.json')) as { version: string };
  expect(headingsOf('CHANGELOG.md', 2).some((heading) => heading.startsWith(`[${version}]`))).toBe(true);
});
