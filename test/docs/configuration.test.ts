import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/index.js';
import type { PlanProblem } from '../../src/plan/index.js';
import { firstCells, labelled, textOf } from './documents.js';

const FILE = 'docs/configuration.md';

describe('the reference of the configuration', () => {
  test.each(labelled(FILE, 'config'))('$name is read without a mistake', async ({ text }) => {
    expect(Object.keys(await parseConfig(text)).length).toBeGreaterThan(4);
  });

  test('has every key, and no other', async () => {
    expect(firstCells(textOf(FILE)).sort()).toEqual((await knownKeys()).sort());
  });
});

/** As a wrong key is answered. */
async function knownKeys(): Promise<string[]> {
  const error: unknown = await parseConfig('zzzzzzzzzzzz: 1\n').catch((thrown: unknown) => thrown);
  const [problem] = (error as { data: PlanProblem[] }).data;
  return (problem?.instead ?? '').replace('one of: ', '').split(', ');
}
