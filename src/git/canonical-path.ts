import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * The real path of the folder that holds something, with its own name: a link that somebody put in the place of a
 * folder is not followed. Of a path that is not there, the part that exists is resolved.
 */
export function canonicalPath(path: string): string {
  const absolute = resolve(path);
  const parent = dirname(absolute);
  if (parent === absolute) return absolute;
  return join(existsSync(parent) ? realpathSync(parent) : canonicalPath(parent), basename(absolute));
}
