import { test } from 'vitest';

/** Whether the whole of each family is run (`npm run test:faults`), or what `npm test` has time for. */
export const isFull = process.env['TEST_FAULTS'] === 'full';

/** The first few of a table, or all of it with `TEST_FAULTS=full`. */
export function sample<Case>(few: number, cases: readonly Case[]): Case[] {
  return isFull ? [...cases] : cases.slice(0, few);
}

/** A test that is run with the whole family only. */
export function testInFull(name: string, work: () => Promise<void>): void {
  if (isFull) test(name, work);
}
