import type { Sql } from 'sql-template-tag';

/** A statement and the values of its parameters: what `sql` makes, or a {@link template}. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Stands in a template for a value that comes with each use. */
class Slot<Name> {
  constructor(readonly name: Name) {}
}

interface Made<Values> {
  sql: string;
  take: ((values: Values) => unknown)[];
}

/**
 * A statement that is used all the time: its text is put together at the first use, then each use brings only its values.
 * @param build Makes it with `sql`. `slot('name')` stands where the value of that name belongs.
 */
export function template<Values extends object>(
  build: (slot: (name: keyof Values) => Slot<keyof Values>) => Sql,
): (values: Values) => Statement {
  let made: Made<Values> | undefined;
  return (values) => {
    made ??= madeOf<Values>(build((name) => new Slot(name)));
    return { sql: made.sql, values: made.take.map((take) => take(values)) };
  };
}

function madeOf<Values>({ sql, values }: Sql): Made<Values> {
  return {
    sql,
    take: values.map((part) => {
      if (!(part instanceof Slot)) return () => part;
      const name = part.name as keyof Values;
      return (of) => of[name];
    }),
  };
}
