import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenHostilePlace, type HostilePlace } from './given-hostile-place.js';
import { expectRow } from './runner.js';
import { TABLES } from './tables.js';

let place: HostilePlace;
beforeAll(async () => {
  place = await givenHostilePlace();
});
afterAll(() => {
  expect(existsSync(join(process.cwd(), 'CANARY'))).toBe(false);
  place.remove();
});

describe.each(Object.entries(TABLES))('%s', (_, rows) => {
  test.each(rows.map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    await expectRow(place, row);
  });
});
