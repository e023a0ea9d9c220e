import { describe, expect, test, vi } from 'vitest';
import { givenSheet } from '../../test/support/given-sheet.js';

interface Line {
  seq: number;
  type: string;
  task?: string;
  agent?: string;
}

/** Two people, two tasks, notes about files. */
async function givenLog() {
  const given = await givenSheet();
  const { call } = given;
  await call('task.add', { title: 'One', id: 'one' }, { as: 'ada' });
  await call('task.add', { title: 'Two', id: 'two' }, { as: 'ada' });
  await call('task.claim', { id: 'one' }, { as: 'bo' });
  await call('note.add', { kind: 'discovery', text: 'x', file: ['src/a.ts'] }, { as: 'ada' });
  await call('note.add', { kind: 'discovery', text: 'y', file: ['src/deep/b.ts', 'c.ts'] }, { as: 'bo' });
  const types = async (filter: Record<string, string>) =>
    (await call<{ events: Line[] }>('log', filter)).events.map(({ type }) => type);
  return { ...given, types };
}

describe('shows only what its filters let through', () => {
  test.each<[Record<string, string>, string[]]>([
    [{ task: 'two' }, ['task.created']],
    [{ task: 'one', type: 'task' }, ['task.created', 'task.claimed']],
    [{ task: 'one', type: 'task.claimed' }, ['task.claimed']],
    [{ agent: 'bo', type: 'note' }, ['note.added']],
    [{ type: 'not' }, []],
    [{ path: 'src/a.ts' }, ['note.added']],
    [{ path: 'src' }, ['note.added', 'note.added']],
    [{ path: 'src/deep/' }, ['note.added']],
    [{ path: '.' }, ['note.added', 'note.added']],
    [{ path: 'src/a' }, []],
    [{ path: 'sr' }, []],
    [{ path: 'src', agent: 'ada' }, ['note.added']],
    [{ type: 'note', newest: '1' }, ['note.added']],
  ])('%j', async (filter, wanted) => {
    const { types } = await givenLog();
    expect(await types(filter)).toEqual(wanted);
  });

  test('what came after a position, oldest first', async () => {
    const { call } = await givenLog();
    const { events } = await call<{ events: Line[] }>('log');
    const third = events[2]?.seq ?? 0;
    const later = await call<{ events: Line[] }>('log', { since: String(third) });
    expect(later.events).toEqual(events.slice(3));
  });
});

test('goes on with what happens, filtered, each event once, until it is stopped', async () => {
  const { call, emitted } = await givenLog();
  const stop = new AbortController();
  const followed = call('log', { follow: true, type: 'note', newest: '1' }, { signal: stop.signal });
  const told = (count: number) => vi.waitFor(() => expect(emitted).toHaveLength(count), { timeout: 20_000 });
  await told(2);
  await call('task.add', { title: 'Three' });
  await call('note.add', { kind: 'discovery', text: 'z' });
  await told(3);
  await call('note.add', { kind: 'discovery', text: 'zz' });
  await told(4);
  stop.abort();
  expect(await followed).toBeUndefined();
  const [head, ...lines] = emitted as [unknown, ...Line[]];
  expect(head).toMatchObject({ callsheet: 'log' });
  expect(lines.map(({ type }) => type)).toEqual(['note.added', 'note.added', 'note.added']);
  expect(new Set(lines.map(({ seq }) => seq)).size).toBe(3);
});
