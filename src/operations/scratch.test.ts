import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('where a repository wants it, it is made when a person has agreed, and not before', async () => {
  const { call, root, session } = await givenSheet();
  const elsewhere = `${root}-elsewhere`;
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  writeFileSync(join(root, 'callsheet.config.yaml'), `workspaces: ${elsewhere}\n`);
  const { env } = await session({ role: 'worker' });
  for (const [input, options] of [
    [{}, {}],
    [{ yes: true }, { env }],
  ] as const)
    await expect(call('scratch', input, options)).rejects.toMatchObject({ code: 'CONSENT_NEEDED' });
  expect(existsSync(elsewhere)).toBe(false);
  expect(await call('scratch', { yes: true })).toEqual({ folder: `${elsewhere}/scratch/sheet` });
  expect(await call('scratch', {}, { env })).toEqual({ folder: `${elsewhere}/scratch/sheet` });
});
