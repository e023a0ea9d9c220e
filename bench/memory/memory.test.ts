import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { figuresOf } from './figures.js';
import { watchRun } from './run.js';
import type { Sample } from './sample.js';

/** A run of 100 tasks, one a sample, whose memory is what `rssMb` says. */
const samples = (rssMb: (n: number) => number): Sample[] =>
  Array.from({ length: 101 }, (_, n) => ({
    ...{ atMs: n * 100, rssMb: rssMb(n), peakMb: 90, cpuMs: n * 5, done: n },
  }));

test('memory that grows with the run is told from memory that does not', () => {
  expect(
    figuresOf(
      samples(() => 80),
      100,
    ),
  ).toMatchObject({ peakMb: 90, growth: 1, cpuMsPerTaskFirst: 5 });
  expect(
    figuresOf(
      samples((n) => 80 + n),
      100,
    ).growth,
  ).toBeGreaterThan(1.5);
});

test('the beginning of the run does not count', () => {
  expect(
    figuresOf(
      samples((n) => (n <= 10 ? 40 : 80)),
      100,
    ).growth,
  ).toBe(1);
});

test('a run is watched until every task has landed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-bench-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const never = new AbortController().signal;
  const run = await watchRun(folder, entryPoint('callsheet'), { tasks: 3, workers: 2 }, never);
  expect(run).toMatchObject({ exitCode: 0, landed: 3 });
  for (const { rssMb, peakMb } of run.samples) expect(rssMb).toBeLessThanOrEqual(peakMb);
});
