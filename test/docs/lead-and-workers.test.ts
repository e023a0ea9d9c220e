import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT, textOf } from './documents.js';
import { givenApp } from './given-app.js';

test('the story by commands alone ends with all tasks done, and the lead has heard of each', async () => {
  await using app = await givenApp();
  const { code, stdout, stderr } = await app.shell(textOf('examples/team/by-hand.sh'));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stderr).toMatch(/english waits for form \(running, held by bo\)/);
  expect(stdout).toContain('cy has nothing to do yet');
  expect(stdout).toContain('3 of 3 tasks complete');
  expect(stdout).toMatch(/french is done: Greets in French, formally\. No task is open any more\./);
});

test('the story by MCP alone ends with all tasks done by two workers, and the lead has heard of each', async () => {
  await using app = await givenApp();
  const example = join(PROJECT, 'examples', 'team', 'by-mcp.mjs');
  const { code, stdout, stderr } = await app.shell(`node '${example}'`);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/two: claim_task\n[^]*english waits for form \(running, held by \w+\)/);
  expect(stdout).toMatch(/lead: get_status\n[^]*BLOCKER from[^]*> Formal or not\?/);
  expect(stdout).toMatch(/two: report\n[^]*> Formal\./);
  expect(stdout).toMatch(/3 of 3 tasks complete[^]*is done: Greets formally\./);
  const { rows } = (await app.json('sql', 'select count(distinct agent) as workers from attempts')) as {
    rows: unknown[];
  };
  expect(rows).toEqual([{ workers: 2 }]);
});
