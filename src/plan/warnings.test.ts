import { describe, expect, test } from 'vitest';
import { file, plan, task } from './plan.fixture.js';
import { readPlan } from './read-plan.js';

describe('doubts', () => {
  const warningsOf = async (text: string, exists: string[] = []) =>
    (await readPlan(text, { file, existsInBase: (path) => exists.includes(path) })).warnings;

  test('are one warning of a kind, naming the tasks', async () => {
    const warnings = await warningsOf(
      plan(
        task('a', 'estimate: 1h, files: [src/a.ts]'),
        task('b', 'files: [src]'),
        '{id: c, spec: improve the code}',
      ),
      ['src/limiter.ts'],
    );
    expect(warnings.map(({ code, line }) => [code, line])).toEqual([
      ['NO_ESTIMATE', 3],
      ['LONG_ESTIMATE', 2],
      ['NO_FILES', 4],
      ['VAGUE_SPEC', 4],
      ['OVERLAPPING_FILES', 2],
    ]);
    expect(warnings[0]?.message).toBe('2 tasks have no estimate: b, c');
    expect(warnings[4]?.message).toContain('a and b (src/a.ts)');
  });

  test('name a file that is used before the task that creates it is waited for', async () => {
    const spec = 'spec: "Call take() of src/limiter.ts, in src/server.ts."';
    const text = (after: string): string =>
      plan(
        task('a', 'files: [src/limiter.ts], estimate: 5m'),
        `{id: b, ${spec}, files: [src/server.ts], estimate: 5m, ${after}}`,
      );
    expect(await warningsOf(text('after: [a]'))).toEqual([]);
    expect(await warningsOf(text('after: []'), ['src/limiter.ts'])).toEqual([]);
    const [warning, ...others] = await warningsOf(text('after: []'));
    expect(warning).toMatchObject({ code: 'USED_BEFORE_CREATED', line: 3 });
    expect(warning?.message).toContain('b uses src/limiter.ts of a');
    expect(others).toEqual([]);
  });

  test('are not raised about files of tasks that write none, nor about tasks that are done', async () => {
    const text = plan(
      task('a', 'kind: review, estimate: 5m'),
      task('b', 'kind: verify, estimate: 5m, files: [src]'),
    );
    expect(await warningsOf(text)).toEqual([]);
    const done = JSON.stringify({ tasks: [{ id: 'a', description: 'old', status: 'done' }] });
    expect(await warningsOf(done)).toEqual([]);
  });

  test('stay short for many tasks', async () => {
    const text = plan(...Array.from({ length: 300 }, (_, n) => task(`t${n}`, 'files: [src]')));
    const warnings = await warningsOf(text, ['src/limiter.ts']);
    expect(warnings.map(({ code }) => code)).toEqual(['NO_ESTIMATE', 'OVERLAPPING_FILES']);
    expect(Math.max(...warnings.map(({ message }) => message.length))).toBeLessThan(500);
  });
});
