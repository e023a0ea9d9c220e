import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { measureAlone } from './alone.js';
import { makePlace, startServer } from './place.js';
import { jainOf, measureTogether } from './together.js';
import { CASES } from './cases.js';

const never = new AbortController().signal;

test('each hook is measured in every way, and many agents together', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-bench-hooks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [served, alone] = [await makePlace(folder, 'served'), await makePlace(folder, 'alone')];
  const endServer = await startServer(served);
  onTestFinished(endServer);
  const costs = await measureAlone({ served, alone }, 1, never);
  expect(costs.map(({ name }) => name)).toEqual(CASES.map(({ name }) => name));
  for (const { leanMs, nodeMs, leanOverNode } of costs) expect(leanOverNode).toBeCloseTo(leanMs / nodeMs, 1);
  const together = await measureTogether(served, { agents: 4, rate: 20, seconds: 1 }, never);
  expect(together).toMatchObject({ agents: 4, hooks: 40 });
  expect(together.p99Ms).toBeGreaterThanOrEqual(together.medianMs);
});

test.each([
  [[1, 1, 1, 1], 1],
  [[1, 0, 0, 0], 0.25],
  [[], 1],
])("Jain's index of %j is %d", (values, index) => {
  expect(jainOf(values)).toBe(index);
});
