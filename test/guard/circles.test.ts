import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { findEvents } from '../../src/event/index.js';
import { findCircle } from '../../src/lock/deadlock.js';
import { acquireLock, findLocks } from '../../src/lock/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES, type Session } from './given-sessions.js';

const NAMES = ['a.txt', 'b.txt', 'c.txt'] as const;
const files = Object.fromEntries(NAMES.map((name) => [name, TEN_LINES]));

/** Sessions under the policy `lock`; ada has written a.txt, then bo b.txt, then cy c.txt, as far as there are so many. */
async function givenAtWork(sessions: number) {
  const given = await givenSessions({ ...files, 'callsheet.config.yaml': 'guard: lock\n' });
  const all: Session[] = [];
  for (const name of NAMES.slice(0, sessions)) {
    const session = await given.session();
    await session.edit(name, 'two', 'TWO');
    given.clock.advance(1_000);
    all.push(session);
  }
  const [ada, bo, cy] = all as [Session, Session, Session];
  const snapshot = async () =>
    given.call<{ snapshots: { id: string; commit: string; reason: string }[] }>('undo', {}, { as: 'mia' });
  return { ...given, ada, bo, cy, snapshots: async () => (await snapshot()).snapshots };
}

describe('a circle of waits under the policy lock', () => {
  test('whoever closes it with the younger claim lets go of that, is told so, and waits', async () => {
    const given = await givenAtWork(2);
    const { ada, bo } = given;
    expect((await ada.edit('b.txt', 'nine', 'NINE')).refused).toContain('You are number 1 in line');
    given.clock.advance(1_000);
    const { refused } = await bo.edit('a.txt', 'nine', 'NINE');
    expect(refused).toContain('a.txt is locked by ada');
    expect(refused).toContain('You are number 1 in line for it');
    expect(refused).toContain("b.txt is ada's now");
    expect(refused).toContain('callsheet undo s-1 --file b.txt --to DIR');
    expect(refused).toContain('Read it again before you write it');
    expect((refused ?? '').length / 4).toBeLessThan(300);
    expect((await ada.afterBatch()).told).toContain('b.txt is yours now');
    expect((await ada.edit('b.txt', 'nine', 'NINE')).refused).toBeUndefined();
    expect(given.text('b.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
    given.clock.advance(1_000);
    await ada.stop();
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });

  test('what was written under the claim is a snapshot of its own, and nothing else is in it', async () => {
    const given = await givenAtWork(2);
    const { ada, bo, root } = given;
    given.put('c.txt', 'of a person\n');
    git(root, 'add', 'c.txt');
    await ada.edit('b.txt', 'nine', 'NINE');
    await bo.edit('a.txt', 'nine', 'NINE');
    const [saved] = await given.snapshots();
    expect(saved?.reason).toBe('b.txt, before bo let go of it');
    expect(git(root, 'diff', '--name-only', 'HEAD', saved?.commit ?? '')).toBe('b.txt');
    expect(git(root, 'show', `${saved?.commit ?? ''}:b.txt`)).toBe(TEN_LINES.replace('two', 'TWO').trim());
    expect(git(root, 'diff', '--cached', '--name-only')).toBe('c.txt');
    await given.call('undo', { snapshot: saved?.id, file: ['b.txt'], to: given.path('seen') }, { as: 'mia' });
    expect(given.text('seen/b.txt')).toBe(TEN_LINES.replace('two', 'TWO'));
  });

  test('whoever closes it with the older claim goes on at once, and the other is told at its next step', async () => {
    const given = await givenAtWork(2);
    const { ada, bo } = given;
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toContain('in line');
    const passed = await ada.edit('b.txt', 'nine', 'NINE');
    expect(passed.refused).toBeUndefined();
    expect(passed.told).toContain('bo has let go of b.txt');
    const { told } = await bo.afterBatch();
    expect(told).toContain("b.txt is ada's now");
    expect(told).toContain('callsheet undo s-1 --file b.txt --to DIR');
    expect((await bo.afterBatch()).told ?? '').not.toContain("ada's now");
    expect((await bo.edit('b.txt', 'four', 'FOUR')).refused).toContain('locked by ada');
  });

  test('what has been written in this very step, and nobody has accounted for, is saved too', async () => {
    const given = await givenAtWork(2);
    const { ada, bo, root } = given;
    await ada.edit('b.txt', 'nine', 'NINE');
    const input = { file_path: given.path('b.txt'), old_string: 'ten', new_string: 'TEN' };
    expect((await bo.ask('Edit', input)).refused).toBeUndefined();
    given.put('b.txt', given.text('b.txt').replace('ten', 'TEN'));
    expect((await bo.ask('Edit', { ...input, file_path: given.path('a.txt') })).refused).toContain(
      "b.txt is ada's",
    );
    const [saved] = await given.snapshots();
    expect(git(root, 'show', `${saved?.commit ?? ''}:b.txt`)).toContain('TEN');
  });

  test('of three the youngest yields, whoever of them closes it', async () => {
    const given = await givenAtWork(3);
    const { ada, bo, cy } = given;
    expect((await bo.edit('c.txt', 'nine', 'NINE')).refused).toContain('locked by cy');
    expect((await cy.edit('a.txt', 'nine', 'NINE')).refused).toContain('locked by ada');
    given.clock.advance(1_000);
    expect((await ada.edit('b.txt', 'nine', 'NINE')).refused).toContain('locked by bo');
    expect((await cy.afterBatch()).told).toContain("c.txt is bo's now");
    expect((await bo.afterBatch()).told).toContain('c.txt is yours now');
    expect((await bo.edit('c.txt', 'nine', 'NINE')).refused).toBeUndefined();
    given.clock.advance(1_000);
    await bo.stop();
    expect((await ada.afterBatch()).told).toContain('b.txt is yours now');
  });

  test('of two that stand in each other’s line, one goes behind, and nobody lets go of a file', async () => {
    const given = await givenAtWork(3);
    const { ada, bo, cy } = given;
    // ada waits for c.txt behind nobody, bo behind her; then bo for a file before ada.
    const dee = await given.session();
    given.put('d.txt', TEN_LINES);
    await dee.edit('d.txt', 'two', 'TWO');
    given.clock.advance(1_000);
    expect((await ada.edit('c.txt', 'nine', 'NINE')).refused).toContain('number 1');
    expect((await bo.edit('d.txt', 'nine', 'NINE')).refused).toContain('number 1');
    expect((await bo.edit('c.txt', 'nine', 'NINE')).refused).toContain('number 2');
    expect((await ada.edit('d.txt', 'nine', 'NINE')).refused).toContain('number 1');
    expect(await given.snapshots()).toEqual([]);
    const eve = await given.session();
    expect((await eve.edit('d.txt', 'nine', 'NINE')).refused).toContain('number 3');
    given.clock.advance(1_000);
    await cy.stop();
    await dee.stop();
    expect((await ada.afterBatch()).told).toMatch(/c\.txt is yours now[\s\S]*d\.txt is yours now/);
    given.clock.advance(1_000);
    await ada.stop();
    expect((await bo.afterBatch()).told).toMatch(/d\.txt is yours now|c\.txt is yours now/);
    expect((await bo.edit('d.txt', 'nine', 'NINE')).refused).toBeUndefined();
    expect((await bo.edit('c.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });

  test('who cannot go behind either, because those there wait for it, is told that it is in line no more', async () => {
    const given = await givenAtWork(3);
    const { ada, bo } = given;
    given.put('d.txt', TEN_LINES);
    const [dee, eve] = [await given.session(), await given.session()];
    await eve.edit('d.txt', 'two', 'TWO');
    given.clock.advance(1_000);
    for (const [session, name, place] of [
      [bo, 'c.txt', 1],
      [ada, 'c.txt', 2],
      [dee, 'c.txt', 3],
      [bo, 'd.txt', 1],
      [dee, 'b.txt', 1],
      [eve, 'a.txt', 1],
    ] as const)
      expect((await session.edit(name, 'nine', 'NINE')).refused).toContain(`number ${place} in line`);
    expect((await bo.afterBatch()).told).toContain('no longer in line for c.txt');
    expect((await dee.edit('c.txt', 'nine', 'NINE')).refused).toContain('number 2');
  });

  test('a claim whose work cannot be saved does not yield: the write is refused', async () => {
    const given = await givenAtWork(2);
    const { ada, bo, root } = given;
    given.put('.gitattributes', 'b.txt filter=broken\n');
    git(root, 'config', 'filter.broken.clean', 'false');
    git(root, 'config', 'filter.broken.required', 'true');
    await ada.edit('b.txt', 'nine', 'NINE');
    const { refused } = await bo.edit('a.txt', 'nine', 'NINE');
    expect(refused).toMatch(/nobody would ever go on.*what was written there cannot be saved/);
    expect((await bo.edit('b.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });

  test('a place in line that was taken by hand yields to nobody: what closes a circle with it is refused', async () => {
    const { ada, bo, sheet, cy } = await givenAtWork(3);
    const byHand = { resources: [], byHand: true, queue: true };
    await sheet.store.transaction(async (tx) => {
      const [ofAda, ofBo] = [await findAgentByName(tx, 'ada'), await findAgentByName(tx, 'bo')];
      await acquireLock(tx, { ...byHand, agentId: ofAda?.id ?? '', paths: ['x/'] });
      await acquireLock(tx, { ...byHand, agentId: ofBo?.id ?? '', paths: ['c.txt', 'x/'] });
    });
    expect((await ada.edit('c.txt', 'nine', 'NINE')).refused).toMatch(/nobody would ever go on/);
    expect((await bo.edit('b.txt', 'nine', 'NINE')).refused).toBeUndefined();
    expect((await cy.edit('c.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });

  test('whatever is wanted in whatever order, everybody gets through by trying again, and every line that was let through stays', async () => {
    const wishes = fc.array(fc.shuffledSubarray([...NAMES], { minLength: 1 }), {
      minLength: 2,
      maxLength: 4,
    });
    let circles = 0;
    await fc.assert(
      fc.asyncProperty(wishes, fc.infiniteStream(fc.nat()), async (wanted, chance) => {
        circles += await playToTheEnd(wanted, chance);
      }),
      { numRuns: 12 },
    );
    expect(circles).toBeGreaterThan(2);
  });
});

/** Each session wants to write some files, in its order, and ends its turn when it has. @returns How many claims yielded. */
async function playToTheEnd(wanted: string[][], chance: Iterator<number>): Promise<number> {
  const given = await givenSessions({ ...files, 'callsheet.config.yaml': 'guard: lock\n' });
  const all: { session: Session; left: string[] }[] = [];
  for (const left of wanted) all.push({ session: await given.session(), left });
  const written: [string, string][] = [];
  for (let steps = 0; all.some(({ left }) => left.length > 0); steps += 1) {
    // Far from any time that a lock or a place in line ends by itself.
    expect(steps, 'somebody always gets on').toBeLessThan(150);
    given.clock.advance(10);
    const busy = all.filter(({ left }) => left.length > 0);
    const who = busy[Number(chance.next().value) % busy.length];
    const [name] = who?.left ?? [];
    if (who === undefined || name === undefined) continue;
    const word = `w${steps}`;
    if ((await who.session.edit(name, 'one\n', `one\n${word}\n`)).refused === undefined) {
      written.push([name, word]);
      who.left.shift();
    }
    for (const { agentId } of await findLocks(given.sheet.store))
      expect(await findCircle(given.sheet.store, agentId)).toBeUndefined();
    if (who.left.length === 0) await who.session.stop();
  }
  for (const [name, word] of written) expect(given.text(name)).toContain(`${word}\n`);
  return (await findEvents(given.sheet.store, { type: 'lock.yielded' })).length;
}
