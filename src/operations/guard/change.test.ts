import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { manifestOf } from '../../../test/support/manifest.js';
import { CLAUDE_HOOKS } from '../../client/claude.js';
import { missingFolders } from '../../client/file-place.js';
import { applyAll, putting, taking, type Change } from './change.js';
import { settingsTarget, type Target } from './target.js';

/** A folder for the sheet, and the settings of a checkout beside it. */
async function given(
  content: string,
): Promise<{ base: string; folder: string; file: string; target: Target }> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-change-')));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const folder = join(base, 'sheet');
  mkdirSync(folder);
  const file = join(base, 'settings.json');
  writeFileSync(file, content);
  return { base, folder, file, target: await settingsTarget({ base, path: 'settings.json' }, CLAUDE_HOOKS) };
}

/** A file in a folder that is to be made, with a name too long to be written beside. */
function unwritable(base: string): Change {
  const place = { base, path: `made/${'n'.repeat(250)}` };
  const record = { path: join(base, place.path), before: undefined, mode: 0o644, after: '' };
  return {
    ...{ place, before: undefined, after: Buffer.from('x'), modeBefore: 0o644, mode: 0o644 },
    record: { ...record, folders: missingFolders(place) },
  };
}

test('when one file cannot be written, what was written before is as it was', async () => {
  const { base, folder, file, target } = await given('{"a": 1}');
  await applyAll(folder, [putting(folder, target)]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('1', '2').replaceAll('"timeout":10', '"timeout":9'));
  const before = manifestOf([base]);
  await expect(applyAll(folder, [putting(folder, target), unwritable(base)])).rejects.toMatchObject({
    code: 'SETTINGS_UNWRITABLE',
  });
  expect(manifestOf([base])).toEqual(before);
});

test('a file that changes between the look and the write is not written, and no other either', async () => {
  const { base, folder, file, target } = await given('{}');
  const other = await settingsTarget({ base, path: 'other.json' }, CLAUDE_HOOKS);
  const changes = [putting(folder, other), putting(folder, target)];
  writeFileSync(file, '{"typed": "meanwhile"}');
  await expect(applyAll(folder, changes)).rejects.toMatchObject({ code: 'SETTINGS_CHANGED' });
  expect(readFileSync(file, 'utf8')).toBe('{"typed": "meanwhile"}');
  expect(manifestOf([join(base, 'other.json')])).toEqual([`${join(base, 'other.json')} is not there`]);
});

test('without its memory only our part is taken out', async () => {
  const { folder, file, target } = await given('{"a": 1}');
  await applyAll(folder, [putting(folder, target)]);
  for (const line of manifestOf([join(folder, 'init')]).filter((each) => each.includes('.json ')))
    writeFileSync(line.split(' ')[0] ?? '', '{"version": 1');
  expect(taking(folder, target, false).after).toEqual(readFileSync(file));
  await applyAll(folder, [taking(folder, target, true)]);
  expect(readFileSync(file, 'utf8')).toBe('{"a": 1}');
});
