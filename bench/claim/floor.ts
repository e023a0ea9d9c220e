import { openDatabase } from '../../src/store/sqlite/database.js';
import { isBusy } from '../../src/store/sqlite/errors.js';

/** The least that claims over one SQLite file can be, by the same adapter: no layers, no types, no history of attempts. */
export interface BareQueue {
  claim(agent: string): Promise<string | undefined>;
  close(): void;
}

const SCHEMA = `
create table if not exists item (
  seq integer primary key, id text not null unique, body text not null, priority integer not null,
  state text not null, holder text, lease_expires_ms integer
) strict;
create index if not exists item_ready on item (priority, seq) where state = 'ready';
create table if not exists item_event (seq integer primary key, at_ms integer not null, type text not null, item_id text not null) strict;`;

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Makes a queue with so many items in a file of its own. */
export function fillBareQueue(file: string, items: number): void {
  const database = openDatabase(file);
  database.exec('pragma journal_mode = wal');
  database.exec(SCHEMA);
  database
    .prepare(
      `with recursive number (n) as (select 0 union all select n + 1 from number where n < ?)
       insert into item (id, body, priority, state)
       select 'item-' || n, 'Change what number ' || n || ' says, and test it.', 1 + n % 9, 'ready' from number`,
    )
    .run(items - 1);
  database.close();
}

/** Four statements for a claim: begin, take the next item, write the event, commit. */
export function openBareQueue(file: string): BareQueue {
  const database = openDatabase(file);
  database.exec('pragma journal_mode = wal; pragma synchronous = normal');
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const take = database.prepare(
    `update item set state = 'running', holder = ?, lease_expires_ms = ?
      where seq = (select seq from item where state = 'ready' order by priority, seq limit 1) returning id`,
  );
  const tell = database.prepare(`insert into item_event (at_ms, type, item_id) values (?, 'claimed', ?)`);
  return {
    async claim(agent) {
      await untilBegun(() => begin.run());
      const now = Date.now();
      const id = take.get(agent, now + 90_000)?.['id'];
      if (typeof id === 'string') tell.run(now, id);
      commit.run();
      return typeof id === 'string' ? id : undefined;
    },
    close: () => database.close(),
  };
}

async function untilBegun(begin: () => unknown): Promise<void> {
  for (;;) {
    try {
      begin();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      Atomics.wait(PAUSE, 0, 0, 0.15 + Math.random());
    }
  }
}
