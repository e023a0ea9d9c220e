import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findMarked, isAlive } from '../process/index.js';
import type { DriverFixture, Harness } from './conformance-harness.js';
import {
  LOG_LIMIT_BYTES,
  STAY,
  beside,
  collect,
  daemon,
  exitOf,
  givenHarness,
  greetings,
  hear,
  linesOf,
  stubborn,
} from './conformance-harness.js';

/** What every driver must do, whatever agent it runs. Calls vitest. */
export function describeDriver(name: string, fixture: DriverFixture): void {
  describe(`${name}: what every driver does`, () => {
    const harness = givenHarness(fixture);
    testLife(harness);
    testEnding(harness);
    testTraffic(harness);
  });
}

function testLife({ start, assignment, logOf, folder }: Harness): void {
  test('an agent that ends well ends with exit code 0, once, after all it said', async () => {
    const events = await collect(await start('echo one; echo two >&2; echo three'));

    expect(events.filter(({ type }) => type === 'exit')).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: 'exit', exit: { code: 0, signal: null } });
    expect(linesOf(events)).toEqual(expect.arrayContaining(['one', 'two', 'three']));
    expect(logOf().split('\n')).toEqual(expect.arrayContaining(['one', 'two', 'three']));
  });

  test('an agent that fails does not end with exit code 0', async () => {
    const events = await collect(await start('echo "last words"; exit 3'));

    expect(linesOf(events)).toContain('last words');
    expect(exitOf(events)?.code).not.toBe(0);
  });

  test('the brief arrives on stdin and in its file, however long it is', async () => {
    const brief = `Schöne Größe → ${'long '.repeat(100_000)}\nthe end`;
    const script =
      'cat > ../stdin.txt; cmp ../stdin.txt "$CALLSHEET_BRIEF" && echo same; wc -c < ../stdin.txt';
    const events = await collect(await start(script, assignment({ brief })));

    expect(linesOf(events)).toEqual(expect.arrayContaining(['same', String(Buffer.byteLength(brief))]));
  });

  test('an agent need not read its brief', async () => {
    const events = await collect(
      await start('exec <&-; echo done', assignment({ brief: 'x'.repeat(2_000_000) })),
    );

    expect(exitOf(events)).toEqual({ code: 0, signal: null });
  });

  test('an agent has exactly the environment it was given, in its start folder', async () => {
    const given = assignment({ env: { ...assignment().env, ONLY: 'this one', EMPTY: '' } });
    const events = await collect(await start('pwd -P; echo ---; env', given));

    const lines = linesOf(events);
    expect(lines).toContain(given.startFolder);
    const env = lines.slice(lines.indexOf('---') + 1).filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
    expect(env.sort()).toEqual(
      Object.entries(given.env)
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
    );
  });

  test('a missing start folder is an error that names it, and nothing is started', async () => {
    const given = assignment({ startFolder: join(folder(), 'none') });

    await expect(start('echo x', given)).rejects.toMatchObject({
      code: 'PROCESS_START_FAILED',
      message: expect.stringContaining(join(folder(), 'none')) as string,
    });
    expect(findMarked(`CALLSHEET_TOKEN=${given.env['CALLSHEET_TOKEN']}`)).toEqual([]);
  });
}

function testEnding({ start, assignment }: Harness): void {
  test('stop ends all of the tree: what ignores the polite signal and what left it', async () => {
    const given = assignment();
    const session = await start(
      `${beside(stubborn('near'))} ${daemon(stubborn('far'))}; ${stubborn('agent')}`,
      given,
    );
    const { pids, rest } = await hear(session, 3);

    await session.stop(50);

    expect(pids.filter(isAlive)).toEqual([]);
    expect(isAlive(session.process)).toBe(false);
    expect(findMarked(`CALLSHEET_TOKEN=${given.env['CALLSHEET_TOKEN']}`)).toEqual([]);
    expect((await rest).filter(({ type }) => type === 'exit')).toHaveLength(1);
  });

  test('stop is no error when the agent has ended, nor twice at once', async () => {
    const session = await start('echo done');
    await collect(session);

    await expect(Promise.all([session.stop(1_000), session.stop(0)])).resolves.toHaveLength(2);
  });

  test('when an agent has ended, what it left behind has ended too', async () => {
    const left = `(sleep 60) & ${daemon('echo far $$ > far; exec sleep 60')}; until test -s far; do sleep 0.01; done`;
    const given = assignment();
    const events = await collect(await start(left, given));

    expect(exitOf(events)?.code).toBe(0);
    expect(findMarked(`CALLSHEET_TOKEN=${given.env['CALLSHEET_TOKEN']}`)).toEqual([]);
  });
}

function testTraffic({ fixture, start, assignment, logOf, logBytes }: Harness): void {
  test.each([
    ['lines', `yes 'all work and no play' | head -c 50000000`],
    ['one endless line', `head -c 50000000 /dev/zero | tr '\\0' x`],
  ])('a flood of %s stays within bounds, while nobody listens', async (_, flood) => {
    const session = await start(`echo begin; ${flood}; echo; echo 'the end'`);
    await expect.poll(() => isAlive(session.process), { interval: 10, timeout: 25_000 }).toBe(false);
    const events = await collect(session);

    const chars = events.reduce((sum, event) => sum + (event.type === 'text' ? event.text.length : 0), 0);
    expect(chars).toBeLessThan(2_000_000);
    expect(linesOf(events)).toContain('the end');
    expect(logOf()).toMatch(/^([^\n]*\n)?begin\n/);
    expect(logOf().trimEnd().split('\n').at(-1)).toBe('the end');
    expect(logBytes()).toBeLessThanOrEqual(LOG_LIMIT_BYTES);
  });

  test('send and interrupt say what became of them', async () => {
    const session = await start(`echo agent $$; ${STAY}`);
    const { rest } = await hear(session, 1);

    expect(await session.send('Look at this')).toBe(fixture.delivers.send);
    expect(await session.interrupt()).toBe(fixture.delivers.interrupt);
    await session.stop(0);
    await rest;
    expect(await session.send('Too late')).not.toBe('delivered');
    expect(await session.interrupt()).not.toBe('delivered');
  });

  test('two sessions at once do not mix', async () => {
    const script =
      'for i in 1 2 3 4 5; do echo "I am $CALLSHEET_TASK"; done; echo agent $$; while :; do sleep 60; done';
    const [one, two] = await Promise.all([
      start(script, assignment({ taskId: 'one' })),
      start(script, assignment({ taskId: 'two' })),
    ]);
    const [heardOne, heardTwo] = await Promise.all([hear(one, 1), hear(two, 1)]);

    await one.stop(0);
    expect(isAlive(two.process)).toBe(true);
    await two.stop(0);

    expect(greetings(await heardOne.rest)).toEqual(new Set(['I am one']));
    expect(greetings(await heardTwo.rest)).toEqual(new Set(['I am two']));
    expect(logOf('one')).not.toContain('I am two');
  });
}
