import { expect, test } from 'vitest';
import { sql } from '../../src/store/index.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

const DAY_MS = 86_400_000;

/** Two sessions that have written a file each, of which one ends, and how many records there are of them. */
async function givenEnded() {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
  const [ada, bo] = [await given.session(), await given.session()];
  await ada.edit('a.txt', 'two', 'TWO');
  await bo.edit('b.txt', 'two', 'TWO');
  await bo.edit('a.txt', 'nine', 'NINE');
  await bo.event('SessionEnd', { reason: 'other' });
  const counts = async () => {
    const many = async (table: string) => {
      const query = { seen: sql`seen`, write: sql`write`, notice: sql`notice` }[table] ?? sql`told`;
      const row = await given.sheet.store.get(sql`select count(*) as n from ${query}`);
      return Number(row?.['n']);
    };
    return { writes: await many('write'), seen: await many('seen'), notices: await many('notice') };
  };
  const clean = async (dryRun = false) => {
    const { records } = await given.call<{ records: object }>('clean', { dryRun }, { as: 'mia' });
    return records;
  };
  return { ...given, ada, bo, counts, clean };
}

test('what sessions did and saw that ended 30 days ago is forgotten by clean; not a day before', async () => {
  const { clock, counts, clean } = await givenEnded();
  const before = await counts();
  clock.advance(29 * DAY_MS);
  expect(await clean()).toEqual({ writes: 0, seen: 0, notices: 0 });
  clock.advance(2 * DAY_MS);
  const would = await clean(true);
  expect(await counts()).toEqual(before);
  // That of b.txt; ada's own, and what came after it in a.txt, a live session needs.
  expect(await clean()).toEqual({ writes: 1, seen: 2, notices: 1 });
  expect(would).toEqual({ writes: 1, seen: 2, notices: 1 });
  expect(await clean()).toEqual({ writes: 0, seen: 0, notices: 0 });
});

test('a live session is told what others did long ago, after clean as before', async () => {
  const { ada, clock, clean } = await givenEnded();
  clock.advance(31 * DAY_MS);
  await clean();
  expect((await ada.afterBatch()).told).toMatch(
    /a\.txt has changed since you last saw it: bo wrote it[\s\S]*\+NINE/,
  );
});

test('what a subagent wrote is kept as long as its session goes on', async () => {
  const { ada, clock, clean } = await givenEnded();
  const sub = await ada.subagent('s1');
  await sub.write('n.txt', 'new\n');
  await sub.event('SubagentStop', { agent_type: 'general-purpose' });
  await ada.edit('a.txt', 'five', 'FIVE');
  clock.advance(31 * DAY_MS);
  // Both of bo's.
  expect(await clean()).toMatchObject({ writes: 2 });
  await ada.event('SessionEnd', { reason: 'other' });
  expect(await clean()).toMatchObject({ writes: 2 });
});

test('the number of a write is not given twice', async () => {
  const { ada, bo, clock, clean, session, sheet } = await givenEnded();
  await ada.event('SessionEnd', { reason: 'other' });
  clock.advance(31 * DAY_MS);
  expect(await clean()).toMatchObject({ writes: 2 });
  const cy = await session();
  await cy.edit('b.txt', 'five', 'FIVE');
  const rows = await sheet.store.all(sql`select seq from write order by seq`);
  expect(rows.map(({ seq }) => Number(seq))).toEqual([3, 4]);
  expect((await bo.event('SessionStart', { source: 'resume' })).told).toContain('you are bo');
});
