import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundleProgram } from '../../test/support/bundle-program.js';

// Keeps enough of what it makes that V8 gives the young generation all that it may have.
const BUSY = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { holdYoungGeneration } from './src/process/index.js';
  if (process.argv[2] === 'held') holdYoungGeneration();
  let alive: unknown[] = [];
  for (let n = 0; n < 1_000_000; n += 1) {
    alive.push({ n, text: 'text ' + n });
    if (alive.length > 200_000) alive = [];
  }
  const young = getHeapSpaceStatistics().find((each) => each.space_name === 'new_space');
  console.log(young.space_size / 2 ** 20);
`;

test('new objects get no more than 8 MB, where V8 would give them more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-young-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = await bundleProgram(BUSY, folder);
  const youngMb = (...args: string[]) => Number(execFileSync(process.execPath, [program, ...args]));
  expect(youngMb()).toBeGreaterThan(8);
  expect(youngMb('held')).toBe(8);
});
