import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { policyOf } from '../../src/guard/policy.js';
import { claimTask, finishTask } from '../../src/task/index.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

const CONFIG = 'callsheet.config.yaml';

async function givenPolicy(guard: string) {
  return givenSessions({ 'a.txt': TEN_LINES, 'docs/b.txt': TEN_LINES, [CONFIG]: `guard: ${guard}\n` });
}

describe('the rules that were read last', () => {
  const givenCheckouts = async () => {
    const { root, guard, sheet, put } = await givenPolicy('warn');
    put('other/callsheet.config.yaml', 'guard: cowboy\n');
    const other = join(root, 'other');
    return {
      root,
      other,
      put,
      kept: join(sheet.folder, 'policies.json'),
      of: (checkout: string) => policyOf(guard, { checkout, path: 'a.txt' }),
    };
  };

  test('are kept for each checkout, those of the fifty that were read last', async () => {
    const { root, other, put, kept, of } = await givenCheckouts();
    expect([await of(root), await of(other), await of(root)]).toEqual(['warn', 'cowboy', 'warn']);
    const checkouts = () =>
      (JSON.parse(readFileSync(kept, 'utf8')) as [string][]).map(([checkout]) => checkout);
    expect(checkouts()).toEqual([root, other]);
    put(CONFIG, 'guard: off\n');
    expect(await of(root)).toBe('off');
    expect(checkouts()).toEqual([other, root]);
    for (let at = 0; at < 49; at += 1) {
      put(`${at}/${CONFIG}`, 'guard: lock\n');
      await of(join(root, `${at}`));
    }
    expect(checkouts()).toHaveLength(50);
    expect(checkouts()[0]).toBe(root);
  });

  test.each(['', '{}', '[1]', '[["/x", {"rules": [{}]}]]'])(
    'are read anew where what is kept is %j',
    async (text) => {
      const { root, kept, of } = await givenCheckouts();
      writeFileSync(kept, text);
      expect(await of(root)).toBe('warn');
    },
  );
});

describe('the policy', () => {
  test('warn tells what guard would have refused', async () => {
    const given = await givenPolicy('warn');
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    const { refused, told } = await ada.write('a.txt', 'x\n');
    expect(refused).toBeUndefined();
    expect(told).toMatch(/take care\. a\.txt has changed since you last saw it whole[\s\S]*\+TWO/);
    expect(given.text('a.txt')).toBe('x\n');
  });

  test('cowboy says nothing, and records', async () => {
    const given = await givenPolicy('cowboy');
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.edit('a.txt', 'two', 'TWO');
    expect((await ada.write('a.txt', 'x\n')).refused).toBeUndefined();
    expect(await given.writes()).toEqual([
      { agent: 'bo', path: 'a.txt' },
      { agent: 'ada', path: 'a.txt' },
    ]);
  });

  test('off does not look', async () => {
    const given = await givenPolicy('off');
    const ada = await given.session();
    expect(await ada.write('a.txt', 'x\n')).toEqual({});
  });

  test.each([
    ['warn', undefined, expect.stringContaining('take care. `git stash` would throw away work of ada')],
    ['cowboy', undefined, undefined],
    ['guard', expect.stringContaining('not run. `git stash`'), undefined],
  ])('%s holds for commands as well', async (policy, refused, told) => {
    const given = await givenPolicy(policy);
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    const { call: _, ...heard } = await bo.ask('Bash', { command: 'git stash' });
    expect({ refused: undefined, told: undefined, ...heard }).toEqual({ refused, told });
  });

  test('may differ by path: the last that fits counts', async () => {
    const given = await givenPolicy('{"**": guard, "docs/": "off"}');
    const ada = await given.session();
    expect((await ada.write('a.txt', 'x\n')).refused).toBeDefined();
    expect((await ada.write('docs/b.txt', 'x\n')).refused).toBeUndefined();
  });

  test('changes as soon as the configuration does; a mistake in it loosens nothing', async () => {
    const given = await givenPolicy('off');
    const ada = await given.session();
    given.put(CONFIG, 'guard: of\n');
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('which you have not seen');
  });
});

describe('the policy lock', () => {
  test('keeps others out of a file while one is at work on it, and hands it on in order', async () => {
    const given = await givenPolicy('lock');
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    const { refused } = await bo.edit('a.txt', 'nine', 'NINE');
    expect(refused).toMatch(/a\.txt is locked by ada/);
    expect(refused).toContain('You are number 1 in line');
    expect((await ada.edit('a.txt', 'three', 'THREE')).refused).toBeUndefined();
    given.clock.advance(1_000);
    await ada.stop();
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toBeUndefined();
    expect((await ada.edit('a.txt', 'four', 'FOUR')).refused).toMatch(/locked by bo/);
  });

  test('ends 3 minutes after the last write', async () => {
    const given = await givenPolicy('lock');
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    given.clock.advance(179_000);
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toMatch(/locked by ada/);
    given.clock.advance(2_000);
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toBeUndefined();
  });

  /** Two sessions of which one is at work on a file, and the other waits for it. */
  async function givenWaiting() {
    const given = await givenPolicy('lock');
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toContain('in line');
    return { ...given, ada, bo };
  }

  test('keeps a place in line for 5 minutes without a step', async () => {
    const { ada, bo, clock, session } = await givenWaiting();
    for (let minutes = 0; minutes < 4; minutes += 2) {
      await ada.edit('a.txt', minutes === 0 ? 'TWO' : 'Two', minutes === 0 ? 'Two' : 'TWO');
      clock.advance(119_000);
    }
    await ada.edit('a.txt', 'three', 'THREE');
    clock.advance(50_000);
    const cy = await session();
    expect((await cy.edit('a.txt', 'five', 'FIVE')).refused).toContain('You are number 2 in line');
    await ada.stop();
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now, for 1m');
  });

  test('gives up a place in line after more than 5 minutes without a step', async () => {
    const { ada, clock, session } = await givenWaiting();
    for (let minutes = 0; minutes < 6; minutes += 2) {
      await ada.edit('a.txt', minutes % 4 === 0 ? 'TWO' : 'Two', minutes % 4 === 0 ? 'Two' : 'TWO');
      clock.advance(110_000);
    }
    const cy = await session();
    expect((await cy.edit('a.txt', 'five', 'FIVE')).refused).toContain('You are number 1 in line');
  });

  test('gives the next in line a minute from when it is told, then the one behind it', async () => {
    const { ada, bo, clock, session } = await givenWaiting();
    const cy = await session();
    await cy.edit('a.txt', 'five', 'FIVE');
    clock.advance(1_000);
    await ada.stop();
    clock.advance(50_000);
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now, for 1m');
    clock.advance(55_000);
    expect((await cy.afterBatch()).told).toBeUndefined();
    expect((await bo.afterBatch()).told).toBeUndefined();
    clock.advance(10_000);
    expect((await cy.afterBatch()).told).toContain('a.txt is yours now');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toMatch(/locked by cy/);
  });

  test('hands a file on when its holder has not written it for 3 minutes, and nobody else asks', async () => {
    const { bo, clock } = await givenWaiting();
    clock.advance(181_000);
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
  });

  test('ends with the commit of what was written, not with another’s', async () => {
    const { ada, bo, root, clock } = await givenWaiting();
    clock.advance(1_000);
    await ada.bash(
      'echo x > docs/b.txt && git add docs && git -c user.name=x -c user.email=x@x commit -qm docs',
    );
    expect((await bo.afterBatch()).told ?? '').not.toContain('is yours now');
    git(root, 'commit', '--quiet', '-am', 'mine');
    await ada.afterBatch();
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
  });

  test('is not ended by what was committed before it was granted', async () => {
    const { ada, bo, root, clock } = await givenWaiting();
    clock.advance(1_000);
    git(root, 'commit', '--quiet', '-am', 'mine');
    await ada.afterBatch();
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
    await bo.afterBatch();
    expect((await ada.edit('a.txt', 'three', 'THREE')).refused).toMatch(/locked by bo/);
  });

  test('ends with the task that a file was written for', async () => {
    const given = await givenPolicy('lock');
    const [ada, bo] = [await given.session(), await given.session()];
    await given.call('task.add', { title: 'Limit it', id: 'limiter' }, { as: 'mia' });
    await given.sheet.store.transaction(async (tx) => {
      const agent = await findAgentByName(tx, 'ada');
      if (agent !== undefined) await claimTask(tx, 'limiter', agent, 60_000);
    });
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).refused).toMatch(/locked by ada/);
    given.clock.advance(1_000);
    await given.sheet.store.transaction(
      async (tx) => void (await finishTask(tx, { taskId: 'limiter', attempt: 1 })),
    );
    await ada.afterBatch();
    expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
  });
});
