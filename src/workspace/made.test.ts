import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolderOfRun, makeScratchOfRun, removeFolderOfRun } from './made.js';

let base: string;
let sheetFolder: string;
let workspaces: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'callsheet-made-'));
  sheetFolder = join(base, 'sheet');
  workspaces = join(base, 'deep', 'spaces');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const make = (...names: string[]): string => {
  const folder = join(workspaces, ...names);
  makeFolderOfRun({ sheetFolder, run: { id: 'run-1', options: { workspaces } } }, folder);
  return folder;
};
const remove = (folder: string): boolean => {
  removeFolderOfRun(sheetFolder, folder);
  return !existsSync(folder);
};
const marks = (): number => readdirSync(join(sheetFolder, 'made')).length;

test('what was made is taken away when it is empty, and nothing is remembered of it', () => {
  const run = make('run-1');
  expect(marks()).toBe(2);
  expect(remove(workspaces)).toBe(false);
  expect(remove(run)).toBe(true);
  expect(remove(workspaces)).toBe(true);
  expect(marks()).toBe(0);
  expect(existsSync(join(base, 'deep'))).toBe(true);
});

test('what was there before stays', () => {
  mkdirSync(join(workspaces, 'scratch'), { recursive: true });
  const run = { id: 'run-1', options: { workspaces } };
  expect(makeScratchOfRun({ sheetFolder, run })).toBe(join(workspaces, 'scratch', 'run-1'));
  expect(remove(join(workspaces, 'scratch', 'run-1'))).toBe(true);
  expect(remove(join(workspaces, 'scratch'))).toBe(false);
  expect(remove(workspaces)).toBe(false);
});

test('a folder that a person has put in its place stays, and so does what a link there leads to', () => {
  const [one, two] = [make('one'), make('two')];
  // Moved, not deleted: the next folder must not get its number.
  for (const name of ['one', 'two']) renameSync(join(workspaces, name), join(base, name));
  mkdirSync(one);
  expect(remove(one)).toBe(false);
  symlinkSync(join(base, 'two'), two);
  expect(remove(two)).toBe(false);
  expect(existsSync(join(base, 'two'))).toBe(true);
  expect(marks()).toBe(1);
});
