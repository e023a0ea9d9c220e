import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { CallsheetError } from '../../error/index.js';
import { insideRepository } from '../../git/index.js';
import { landedAt } from '../../landing/index.js';
import { findWrites } from '../../write/index.js';
import type { Context } from '../operation.js';

const LONGEST_PATH = 1_000;

/** The path that a text means, from the top of the repository: one that there is, or has been. Otherwise it is words. */
export async function pathMeant({ sheet, cwd }: Context, text: string): Promise<string | undefined> {
  const path = text.length > LONGEST_PATH ? undefined : pathIn(sheet.root, text.trim(), cwd);
  if (path === undefined) return undefined;
  if (isThere(join(sheet.root, path))) return path;
  if ((await findWrites(sheet.store, { at: path, newest: 1 })).length > 0) return path;
  return (await landedAt(sheet.store, path, 1)).length > 0 ? path : undefined;
}

function pathIn(root: string, text: string, cwd: string): string | undefined {
  try {
    return insideRepository(root, text, cwd);
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'PATH_OUTSIDE') return undefined;
    throw error;
  }
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Too long for this file system, or below a file: nothing is there.
    return false;
  }
}
