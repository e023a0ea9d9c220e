import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSheet } from './index.js';

let base: string;
let own: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-sheet-')));
  own = join(base, 'repo', '.git', 'callsheet');
  mkdirSync(join(base, 'repo'));
  mkdirSync(join(base, 'outside'));
  execFileSync('git', ['init', '--quiet', '--template=', join(base, 'repo')]);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const open = (env: NodeJS.ProcessEnv = {}) => openSheet(join(base, 'repo'), { env });

test.each([
  ['', () => symlinkSync(join(base, 'outside'), own)],
  ['', () => writeFileSync(own, '')],
  ['sheet.db', () => put(() => symlinkSync(join(base, 'outside', 'new.db'), join(own, 'sheet.db')))],
  ['logs', () => put(() => symlinkSync('../../../outside', join(own, 'logs')))],
  ['wake', () => put(() => execFileSync('mkfifo', [join(own, 'wake')]))],
])(
  'what is none of its own at .git/callsheet/%s is refused, and nothing is made (%#)',
  async (name, given) => {
    given();
    await expect(open()).rejects.toMatchObject({
      code: 'SHEET_FOLDER',
      message: expect.stringContaining(join(own, name)) as string,
      hint: expect.stringContaining('CALLSHEET_STORE') as string,
    });
    expect(readdirSync(join(base, 'outside'))).toEqual([]);
  },
);

function put(work: () => unknown): void {
  mkdirSync(own);
  work();
}

test('a sheet that is elsewhere may lie behind a link to a folder, but not beside a pipe named wake', async () => {
  symlinkSync('outside', join(base, 'link'));
  const env = { CALLSHEET_STORE: `sqlite:${join(base, 'link', 'sheet.db')}` };
  const sheet = await open(env);
  await sheet[Symbol.asyncDispose]();
  expect(readdirSync(join(base, 'outside'))).toContain('sheet.db');
  rmSync(join(base, 'outside', 'wake'), { force: true });
  execFileSync('mkfifo', [join(base, 'outside', 'wake')]);
  await expect(open(env)).rejects.toMatchObject({ code: 'SHEET_FOLDER' });
});
