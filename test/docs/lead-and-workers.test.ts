import { expect, test } from 'vitest';
import { textOf } from './documents.js';
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
