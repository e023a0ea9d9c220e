import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCycle } from './dependency-order.js';
import { DEFAULT_ESTIMATE_MS, shapeOf, type ShapedTask } from './plan-shape.js';

const task = (id: string, after: string[] = [], files: string[] = [], estimateMs?: number): ShapedTask => ({
  id,
  after,
  files,
  estimateMs,
});

/** Tasks that wait only for earlier ones, then shuffled. */
const plan = fc
  .array(fc.tuple(fc.nat(1_000), fc.array(fc.nat(30), { maxLength: 4 })), { maxLength: 30 })
  .map((rows) =>
    rows.map(([estimateMs, needed], index) =>
      task(`t${index}`, index === 0 ? [] : needed.map((other) => `t${other % index}`), [], estimateMs),
    ),
  )
  .chain((tasks) => fc.shuffledSubarray(tasks, { minLength: tasks.length }));

describe('the shape of a plan', () => {
  test('orders every task after what it waits for', () => {
    fc.assert(
      fc.property(plan, (tasks) => {
        const { order } = shapeOf(tasks);
        expect([...order].sort()).toEqual(tasks.map(({ id }) => id).sort());
        const place = new Map(order.map((id, index) => [id, index]));
        for (const { id, after } of tasks) {
          for (const needed of after) expect(place.get(needed)).toBeLessThan(place.get(id) ?? -1);
        }
      }),
    );
  });

  test('keeps an order that already holds', () => {
    fc.assert(
      fc.property(plan, (tasks) => {
        const { order } = shapeOf(tasks);
        const byId = new Map(tasks.map((one) => [one.id, one]));
        expect(shapeOf(order.flatMap((id) => byId.get(id) ?? [])).order).toEqual(order);
      }),
    );
  });

  test('puts into one wave only tasks that can run together, each as early as it can', () => {
    fc.assert(
      fc.property(plan, (tasks) => {
        const { waves, width } = shapeOf(tasks);
        const waveOf = new Map(waves.flatMap((wave, index) => wave.map((id) => [id, index])));
        for (const { id, after } of tasks) {
          expect(waveOf.get(id)).toBe(Math.max(-1, ...after.map((needed) => waveOf.get(needed) ?? -1)) + 1);
        }
        expect(width).toBe(Math.max(0, ...waves.map((wave) => wave.length)));
      }),
    );
  });

  test('has a critical path that is a chain, as long as its tasks and no shorter than any other', () => {
    fc.assert(
      fc.property(plan, (tasks) => {
        const { criticalPath, pathMs } = shapeOf(tasks);
        const byId = new Map(tasks.map((one) => [one.id, one]));
        criticalPath.ids.slice(1).forEach((id, index) => {
          expect(byId.get(id)?.after).toContain(criticalPath.ids[index]);
        });
        const total = criticalPath.ids.reduce((sum, id) => sum + (byId.get(id)?.estimateMs ?? 0), 0);
        expect(criticalPath.ms).toBe(total);
        for (const { id, after, estimateMs = 0 } of tasks) {
          const own = pathMs.get(id) ?? -1;
          expect(own).toBeGreaterThanOrEqual(estimateMs);
          expect(criticalPath.ms).toBeGreaterThanOrEqual(own);
          for (const needed of after) {
            const before = byId.get(needed)?.estimateMs ?? 0;
            expect(pathMs.get(needed)).toBeGreaterThanOrEqual(before + own);
          }
        }
      }),
    );
  });

  test('counts 10 minutes for a task without an estimate', () => {
    expect(shapeOf([task('a'), task('b', ['a'])]).criticalPath).toEqual({
      ids: ['a', 'b'],
      ms: 2 * DEFAULT_ESTIMATE_MS,
    });
  });

  test('of no tasks is empty', () => {
    expect(shapeOf([])).toMatchObject({ order: [], waves: [], width: 0, criticalPath: { ids: [], ms: 0 } });
  });

  test('takes a dependency outside the plan as done', () => {
    expect(shapeOf([task('a', ['landed-before'])]).waves).toEqual([['a']]);
  });
});

describe('overlaps', () => {
  test('name the pairs that may run at once and the paths where they meet', () => {
    const { overlaps } = shapeOf([
      task('a', [], ['src/a.ts', 'src/*.md']),
      task('b', [], ['src']),
      task('c', ['a'], ['src/a.ts']),
      task('d', ['c'], ['src/a.ts', '**/x.md']),
      task('e', [], ['docs']),
    ]);
    expect(overlaps).toEqual([
      { one: 'a', other: 'b', paths: ['src/a.ts', 'src/*.md'] },
      { one: 'b', other: 'c', paths: ['src/a.ts'] },
      { one: 'b', other: 'd', paths: ['src', 'src/a.ts'] },
      { one: 'd', other: 'e', paths: ['docs'] },
    ]);
  });

  test('are cut off and said to be more when there are too many', () => {
    const { overlaps, hasMoreOverlaps } = shapeOf(
      Array.from({ length: 2_000 }, (_, n) => task(`t${n}`, [], ['src'])),
    );
    expect(overlaps).toHaveLength(1_000);
    expect(hasMoreOverlaps).toBe(true);
  });
});

// Whatever took a step for each pair or way would not end within the limit of a test; the call stack does not grow either.
describe('2 000 tasks', () => {
  test('are shaped, wide or as one chain', () => {
    const wide = Array.from({ length: 2_000 }, (_, n) =>
      task(`t${n}`, n < 40 ? [] : [`t${n - 40}`, `t${n - 39}`], [
        `src/part${n % 50}/f${n}.ts`,
        `test/f${n}.test.ts`,
      ]),
    );
    const chain = Array.from({ length: 2_000 }, (_, n) =>
      task(`t${n}`, n === 0 ? [] : [`t${n - 1}`], ['src/**/*.ts']),
    );
    expect(shapeOf(wide).order).toHaveLength(2_000);
    expect(shapeOf(chain.reverse())).toMatchObject({ width: 1, overlaps: [], hasMoreOverlaps: false });
  });
});

describe('a cycle', () => {
  test('is named in full, closed', () => {
    const after = new Map([
      ['x', ['a']],
      ['a', ['b']],
      ['b', ['gone', 'c']],
      ['c', ['a']],
    ]);
    expect(findCycle(after)).toEqual(['a', 'b', 'c', 'a']);
    expect(findCycle(new Map([['a', ['a']]]))).toEqual(['a', 'a']);
  });

  test('is found at the end of a chain of 100 000', () => {
    const last = 100_000;
    const after = new Map(Array.from({ length: last }, (_, n) => [`t${n}`, [`t${(n + 1) % last}`]]));
    expect(findCycle(after)).toHaveLength(last + 1);
  });

  test('is not there in a plan that can be run', () => {
    fc.assert(
      fc.property(plan, (tasks) => {
        expect(findCycle(new Map(tasks.map((one) => [one.id, one.after])))).toBeUndefined();
      }),
    );
  });
});
