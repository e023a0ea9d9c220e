import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../error/index.js';

// Less than this is what is left when a write has failed: file systems keep back a few blocks.
const HARDLY_ANY_BYTES = 1024 * 1024;

/** Whether the disk of a path (of the nearest folder that is there) has no room, or no file, to give any more. */
export function isOutOfSpace(path: string): boolean {
  try {
    const { blocks, bavail, bsize, ffree, files } = statfsSync(path);
    // What has no blocks at all, as /proc, is no disk.
    return (blocks > 0 && bavail * bsize < HARDLY_ANY_BYTES) || (files > 0 && ffree === 0);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    const above = dirname(path);
    return above !== path && isOutOfSpace(above);
  }
}
