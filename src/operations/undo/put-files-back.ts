import { lstatSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CallsheetError, messageOf, usageError } from '../../error/index.js';
import { atPathInside, placeInside, temporaryName } from '../../git/index.js';
import { oneLine, shownNames } from '../../text/index.js';

/** A file of the checkout that one of a snapshot takes the place of. */
export interface Target {
  /** As the snapshot has it. */
  path: string;
  /** Where that is, should a folder of the path be a link. */
  place: string;
  /** Tells whether it has been written since it was looked at; empty when there is none. */
  stamp: string;
}

/**
 * @param from The folder that the files of the snapshot are in.
 * @throws {CallsheetError} `FILE_IS_FOLDER`, `PATH_OUTSIDE` (usage).
 */
export function targetOf(from: string, root: string, path: string): Target {
  const place = placeInside(root, path);
  if (lstatSync(join(from, path), { throwIfNoEntry: false }) === undefined) throw withoutText(path);
  const file = join(root, place);
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new CallsheetError(
      'FILE_IS_FOLDER',
      `${shownNames([path])} is a folder now. Nothing was written.`,
      {
        hint: 'Write it elsewhere: --to DIR',
      },
    );
  return { path, place, stamp: stampOf(file) };
}

/**
 * Copies files and links as they are, into folders of the checkout that no link leads out of; each takes its place at
 * once.
 * @param from The folder that they are in.
 * @param savedAs The snapshot that has what was in their places.
 * @throws {CallsheetError} `UNDO_PARTLY` when one of them cannot be put back after all.
 */
export async function putFilesBack(
  from: string,
  root: string,
  targets: readonly Target[],
  savedAs: string,
): Promise<void> {
  for (const [index, target] of targets.entries()) {
    try {
      await atPathInside(root, target.path, (place) => takePlace(join(from, target.path), place, target));
    } catch (error) {
      throw partly(error, targets, index, savedAs);
    }
  }
}

async function takePlace(from: string, place: string, { path, stamp }: Target): Promise<void> {
  const beside = join(dirname(place), `.callsheet-${temporaryName('undo')}`);
  try {
    await cp(from, beside, { verbatimSymlinks: true, errorOnExist: true, force: false });
    if (stampOf(place) !== stamp) throw new Error(`${shownNames([path])} was written in this moment.`);
    await rename(beside, place);
  } finally {
    await rm(beside, { force: true });
  }
}

/** git knows bytes, and not every name is text. */
function withoutText(path: string): CallsheetError {
  return usageError(
    'PATH_OUTSIDE',
    `The path ${JSON.stringify(oneLine(path, 300))} is refused: its name is not UTF-8. Nothing was written.`,
    'Write the files elsewhere: --to DIR',
  );
}

/** Links are not followed. */
function stampOf(file: string): string {
  const stats = lstatSync(file, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '' : `${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}:${stats.ino}`;
}

function partly(cause: unknown, targets: readonly Target[], done: number, savedAs: string): CallsheetError {
  const [before, rest] = [targets.slice(0, done), targets.slice(done)].map((some) =>
    some.map(({ path }) => path),
  );
  const back = done === 0 ? 'Nothing was put back' : `Put back before that: ${shownNames(before ?? [], 5)}`;
  const said = messageOf(cause).replace(/\.?$/, '.');
  return new CallsheetError(
    'UNDO_PARTLY',
    `${said} ${back}; not put back: ${shownNames(rest ?? [], 5)}. The checkout as it was is ${savedAs}.`,
    {
      hint: `Once more, for what is missing; or back to how it was: callsheet undo ${savedAs} --file PATH --force`,
      data: { done: before, notDone: rest, savedAs },
      cause,
    },
  );
}
