import { expect, test } from 'vitest';
import { join, sql, template } from './index.js';

test('a template is what sql makes of the same values, at every use', () => {
  const rest = (name: unknown): ReturnType<typeof sql> =>
    join([sql`name = ${name}`, sql`size > ${3}`], ' and ');
  const wanted = template<{ name: string; limit: number }>(
    (slot) =>
      sql`select * from item where ${rest(slot('name'))} or alias = ${slot('name')} limit ${slot('limit')}`,
  );
  for (const values of [
    { name: 'a', limit: 1 },
    { name: 'b', limit: 2 },
  ]) {
    const { name, limit } = values;
    const plain = sql`select * from item where ${rest(name)} or alias = ${name} limit ${limit}`;
    expect(wanted(values)).toEqual({ sql: plain.sql, values: plain.values });
  }
});
