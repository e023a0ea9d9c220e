import { expect, test } from 'vitest';
import { openDatabase } from './database.js';
import { Prepared } from './prepared.js';

function givenDatabase() {
  const database = openDatabase(':memory:');
  database.exec(`create table item (id text, weight real); insert into item values ('a', 1.5), ('b', null)`);
  return database;
}

test('rows are the same at every use', () => {
  const database = givenDatabase();
  const items = new Prepared(database.prepare('select *, ? as asked from item order by id'));
  const one = new Prepared(database.prepare('select id, weight from item where id = ?'));
  for (const use of [1, 2, 3, 4, 5]) {
    expect(items.all([use])).toEqual([
      { id: 'a', weight: 1.5, asked: use },
      { id: 'b', weight: null, asked: use },
    ]);
    expect(one.get(['b'])).toEqual({ id: 'b', weight: null });
    expect(one.get(['c'])).toBeUndefined();
  }
  database.close();
});

test('a column that comes later is under its own name', () => {
  const database = givenDatabase();
  const first = new Prepared(database.prepare(`select *, 'end' as last from item limit 1`));
  const uses = [1, 2, 3, 4].map(() => first.get([]));
  expect(uses).toEqual(uses.map(() => ({ id: 'a', weight: 1.5, last: 'end' })));
  database.exec('alter table item add column colour text');
  expect(first.get([])).toEqual({ id: 'a', weight: 1.5, colour: null, last: 'end' });
  database.close();
});
