import { open, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CallsheetError, errorCode, messageOf, usageError } from '../../error/index.js';
import { makeFolders } from '../../file/index.js';
import { requireNoGitFolder } from '../../git/index.js';
import type { Write } from '../../write/index.js';
import type { Context } from '../operation.js';
import { makersOf, requireBefore, writeDocument } from './describe-write.js';
import { realFolder } from './real-folder.js';

// What the system says of a place where no file can be made.
const UNUSABLE = [
  ...['EEXIST', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'],
  ...['EACCES', 'EPERM', 'EROFS', 'ENXIO', 'EINVAL'],
];

/**
 * Writes the content before a write into a new file: never over anything, nor through a link at its end.
 * @throws {CallsheetError} `NO_FILE_BEFORE` (usage), `CONTENT_GONE`, `FILE_EXISTS`, `PATH_OUTSIDE` (usage).
 */
export async function writeBeforeTo(context: Context, write: Write, to: string) {
  if (write.before === '')
    throw usageError(
      'NO_FILE_BEFORE',
      `There was no file before write ${write.seq}: it made it. Nothing was written.`,
      `See what it wrote: callsheet undo --write ${write.seq}`,
    );
  const content = requireBefore(context, write);
  const file = resolve(context.cwd, to);
  try {
    requireNoGitFolder(join(realFolder(dirname(file)), basename(file)), context.sheet.commonDir);
    makeFolders(dirname(file));
    await writeNew(file, content);
  } catch (error) {
    if (!UNUSABLE.includes(errorCode(error) ?? '')) throw error;
    throw new CallsheetError(
      'FILE_EXISTS',
      `${file} is no new file that can be written (${messageOf(error)}). Nothing was written.`,
      { hint: 'Name a file that does not exist yet.' },
    );
  }
  const names = await makersOf(context.sheet.store, write);
  return { kind: 'written' as const, write: writeDocument(write, names), file };
}

async function writeNew(file: string, content: Buffer): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
