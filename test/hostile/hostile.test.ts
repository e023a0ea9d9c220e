import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { givenHostilePlace, type HostilePlace } from './given-hostile-place.js';
import { mistakesOf, type Mistake } from './given-keys.js';
import { KEYS, type KeyRow } from './keys.js';
import {
  expectAlive,
  expectClean,
  expectKept,
  expectRow,
  expectShownAsData,
  isCostly,
  viewsOf,
} from './runner.js';
import type { Row } from './row.js';
import { TABLES } from './tables.js';
import { DATA } from './texts.js';

let place: HostilePlace;
beforeAll(async () => {
  place = await givenHostilePlace();
});
afterAll(() => {
  expect(existsSync(join(process.cwd(), 'CANARY'))).toBe(false);
  place.remove();
});

// `npm test` gives each fifth of the rows that start many processes; `npm run test:hostile` gives all.
const isWhole = process.env['TEST_HOSTILE'] === 'all';
const chosen = (rows: readonly Row[]): Row[] =>
  rows.filter((row, at) => isWhole || !isCostly(row) || at % 5 === 0);

describe.each(Object.entries(TABLES))('%s', (_, rows) => {
  test.each(chosen(rows).map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    await expectRow(place, row);
  });
});

describe('keys of plans and configuration', () => {
  let said: Map<KeyRow, Mistake[]>;
  beforeAll(async () => {
    said = await mistakesOf(place);
    await expectAlive(place);
  });

  test.each(KEYS.map((row) => [row[0], row[1], row[2].slice(0, 60), row] as const))(
    '%s %s: %s',
    (...[, , , row]) => {
      const mistakes = said.get(row) ?? [];
      expect(mistakes.map(({ message }) => message).join('\n')).toContain(place.fill(row[3]));
      for (const { code, message, instead } of mistakes) {
        expect(code).toMatch(/^[A-Z_]+$/);
        expect(instead).toMatch(/\S/);
        expectClean(message);
      }
    },
  );
});

describe('legal data', () => {
  beforeAll(() => place.renew({}));

  test.each(DATA.map((row) => [row.what, row] as const))('%s is kept', async (_, row) => {
    await expectKept(place, row);
  });

  test('is shown as data wherever it is shown', async () => {
    const never = ['\n<system>', ...DATA.flatMap(({ accepted }) => accepted?.never ?? [])];
    const views = await viewsOf(place);
    expect(views.length).toBeGreaterThan(50);
    for (const view of views) await expectShownAsData(place, view, never);
    await expectAlive(place);
  });
});
