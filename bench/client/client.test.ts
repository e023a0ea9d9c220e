import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeClient } from '../../test/clients/installed.js';
import { measureRounds } from './rounds.js';

describeClient('claude', 'what hooks add to a tool call of Claude Code', () => {
  test('each tool is measured in each way, and every edit has been seen by the guard', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callsheet-bench-client-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    const added = await measureRounds(folder, { rounds: 1, calls: 2 }, new AbortController().signal);
    expect(added.map(({ tool, way, calls }) => [tool, way, calls])).toEqual([
      ['Read', 'command', 2],
      ['Read', 'http', 2],
      ['Read', 'beside', 2],
      ['Edit', 'command', 2],
      ['Edit', 'http', 2],
      ['Edit', 'beside', 2],
    ]);
    for (const { trueMs, ms } of added) expect(Math.min(trueMs, ms)).toBeGreaterThan(0);
  });
});
