import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../error/index.js';

/**
 * The real path of a folder; of one that is yet to be made, below the real path of what is there.
 * @throws The error of realpath(3) where none can be made.
 */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return join(realFolder(dirname(folder)), basename(folder));
  }
}
