import { existsSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { givenSheet } from '../../test/support/given-sheet.js';

test('everybody is shown one folder, and it is there', async () => {
  const { call, root, session } = await givenSheet();
  onTestFinished(() => rmSync(`${root}.callsheet`, { recursive: true, force: true }));
  const { env } = await session({ role: 'worker' });
  const folder = `${root}.callsheet/scratch/sheet`;
  expect(await call('scratch')).toEqual({ folder });
  expect(existsSync(folder)).toBe(true);
  rmSync(folder, { recursive: true });
  expect(await call('scratch', {}, { env })).toEqual({ folder });
  expect(existsSync(folder)).toBe(true);
});
