import { errorCode } from '../error/index.js';

// A folder of the path is a file, or a link in a circle, or may not be looked into; the path is longer than any, or holds
// a null character; what is there is no file.
const NOTHING_THERE: ReadonlySet<string> = new Set([
  ...['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE', 'ENXIO'],
]);

/** Whether the file system has said that no file that can be read or written is under a path. */
export function isNothingThere(error: unknown): boolean {
  return NOTHING_THERE.has(errorCode(error) ?? '');
}
