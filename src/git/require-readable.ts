import { statSync, type Stats } from 'node:fs';
import { join } from 'node:path';

import { CallsheetError, errorCode } from '../error/index.js';
import type { Located } from './locate-repository.js';

/**
 * git opens these files whatever it is asked, and of a pipe it waits for a writer that never comes.
 * @throws {CallsheetError} `BROKEN_REPOSITORY` naming the first that is a pipe, or a device that could have no end.
 */
export function requireReadable({ root, gitDir, commonDir }: Located): void {
  const files = [
    ...['HEAD', 'index'].map((name) => join(gitDir, name)),
    ...['config', 'packed-refs', 'info/exclude', 'info/attributes'].map((name) => join(commonDir, name)),
    ...['.gitignore', '.gitattributes'].map((name) => join(root, name)),
  ];
  const strange = files.find((file) => mayHaveNoEnd(file));
  if (strange === undefined) return;
  throw new CallsheetError(
    'BROKEN_REPOSITORY',
    `${strange} is a pipe or a device, which git would wait for and never come to the end of. Nothing was done.`,
    { hint: `Take it away, or put a file in its place: rm '${strange}'` },
  );
}

function mayHaveNoEnd(file: string): boolean {
  const stats = statsOf(file);
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return false;
  return stats.rdev !== statsOf('/dev/null')?.rdev || !stats.isCharacterDevice();
}

/** Links are followed, as git does in its own folder; of one that leads nowhere git says so itself. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
