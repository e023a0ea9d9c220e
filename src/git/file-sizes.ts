import { lstat } from 'node:fs/promises';

import { errorCode } from '../error/index.js';
import type { RawPath } from './parse-status.js';
import type { Refused } from './stage.js';

const AT_ONCE = 64;

/** Divides files by size; those that are gone since they were listed are in neither part. */
export async function splitBySize(
  workspace: string,
  paths: readonly RawPath[],
  maxBytes: number,
): Promise<{ small: RawPath[]; large: Refused[] }> {
  const small: RawPath[] = [];
  const large: Refused[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    const sizes = await Promise.all(some.map((path) => sizeOf(workspace, path)));
    for (const [offset, path] of some.entries()) {
      const size = sizes[offset];
      if (size === undefined) continue;
      if (size <= maxBytes) small.push(path);
      else
        large.push({
          path,
          reason: `untracked and ${inMegabytes(size)}, over the limit of ${inMegabytes(maxBytes)}`,
        });
    }
  }
  return { small, large };
}

async function sizeOf(workspace: string, path: RawPath): Promise<number | undefined> {
  try {
    return (await lstat(Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from(path, 'latin1')]))).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    // What cannot even be looked at is left to git, which says why it refuses it.
    if (errorCode(error) === 'EACCES') return 0;
    throw error;
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}
