import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { commandsFor, makeRepository } from './sheets.js';
import { measureStarts } from './startup.js';

const never = new AbortController().signal;

test('every command runs on its sheet, beside a floor of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-bench-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = entryPoint('callsheet');
  const commands = [
    ...commandsFor(program, await makeRepository(folder, 0), 0),
    ...commandsFor(program, await makeRepository(folder, 100), 100),
  ];
  const timings = await measureStarts(commands, 2, never);
  expect(timings.map(({ name }) => name)).toEqual([
    'task list, 0 tasks',
    'task claim, 0 tasks',
    'status, 0 tasks',
    'task list, 100 tasks',
    'task claim, 100 tasks',
    'status, 100 tasks',
  ]);
  for (const { ms, floorMs, ratio } of timings) expect(ratio).toBeCloseTo(ms / floorMs, 1);
});

test('a command that does not end as it must is no measurement', async () => {
  const failing = {
    name: 'x',
    program: process.execPath,
    args: ['-e', 'process.exit(4)'],
    cwd: '/',
    exitCode: 0,
  };
  await expect(measureStarts([failing], 1, never)).rejects.toThrow('x ended with 4');
});
