import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/sheet/index.js';
import { openSqliteStore, sql, textOf as columnOf, type Store } from '../../src/store/index.js';
import { TASK_MOVES } from '../../src/task/index.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { blocksOf, firstCells, headingsOf, PROJECT, rowsOf, sectionOf } from './documents.js';

const FILE = 'docs/sheet.md';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callsheet-sheet-'));
  store = await openSqliteStore({ file: join(folder, 'sheet.db'), migrations: MIGRATIONS });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

describe('the reference of the sheet', () => {
  test('has every view with every column, in its order', async () => {
    const views = await namesOf('view');
    expect(headingsOf(FILE, 3).sort()).toEqual(views.sort());
    for (const view of views) {
      // Behind the first table of the events stands one of their types.
      const [columns = ''] = sectionOf(FILE, `### ${view}`).split(/^\| Type /m);
      expect(firstCells(columns), view).toEqual(await columnsOf(view));
    }
  });

  test('names every table', async () => {
    const tables = (await namesOf('table')).filter((name) => !/^sqlite_|^note_fts_/.test(name));
    const named = [...sectionOf(FILE, '## Tables').matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(tables.sort());
  });

  test('has the legal moves of a task', () => {
    const moves = rowsOf(sectionOf(FILE, '## States of a task')).map(
      ([from = '', to = '']): [string, string[]] => [
        from.replaceAll('`', ''),
        to.split(', ').map((state) => state.replaceAll('`', '')),
      ],
    );
    expect(Object.fromEntries(moves)).toEqual(TASK_MOVES);
  });

  test('has every type of event that is written with its name in one piece, once', () => {
    const documented = firstCells(sectionOf(FILE, '### events')).flatMap((cell) => cell.split(', '));
    for (const type of eventTypes())
      expect(
        documented.filter((each) => each === type),
        type,
      ).toEqual([type]);
  });

  test.each(blocksOf(FILE).filter(({ language }) => language === 'sql'))(
    'its query in line $line is answered',
    async ({ text }) => {
      await expect(store.all({ sql: text.trim().replace(/;$/, ''), values: [] })).resolves.toEqual([]);
    },
  );
});

async function namesOf(type: 'view' | 'table'): Promise<string[]> {
  const rows = await store.all(sql`select name from sqlite_schema where type = ${type}`);
  return rows.map((row) => columnOf(row, 'name'));
}

async function columnsOf(view: string): Promise<string[]> {
  const rows = await store.all(sql`select name from pragma_table_info(${view}) order by cid`);
  return rows.map((row) => columnOf(row, 'name'));
}

/** Literals such as `type: 'note.added'` in the source. */
function eventTypes(): Set<string> {
  const files = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' });
  const product = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const literals = product.flatMap((name) => [
    ...readFileSync(join(PROJECT, 'src', name), 'utf8').matchAll(/type: (?:\w+ \? )?'([a-z]+\.[a-z-]+)'/g),
  ]);
  return new Set(literals.map(([, type = '']) => type));
}
