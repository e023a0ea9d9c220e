import type { Row, Sql, Store, Transaction } from '../../src/store/index.js';

interface CountedReads {
  store: Store;
  /** The rows that were read since this was asked last. */
  taken: () => Row[];
}

/** A store that keeps the rows it has handed out, so that a test can tell what the cost of a step depends on. */
export function countedReads(store: Store): CountedReads {
  let rows: Row[] = [];
  const counted = <T extends Store | Transaction>(reader: T): T =>
    new Proxy(reader, {
      get(target, name) {
        if (name === 'all')
          return async (statement: Sql) => {
            const found = await target.all(statement);
            rows.push(...found);
            return found;
          };
        if (name === 'get')
          return async (statement: Sql) => {
            const found = await target.get(statement);
            if (found !== undefined) rows.push(found);
            return found;
          };
        if (name === 'transaction')
          return (work: (tx: Transaction) => Promise<unknown>) =>
            store.transaction((tx) => work(counted(tx)));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  return {
    store: counted(store),
    taken() {
      const found = rows;
      rows = [];
      return found;
    },
  };
}
