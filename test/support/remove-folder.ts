import { rmSync } from 'node:fs';

const ATTEMPTS = 100;

/**
 * Removes a folder with all that is in it, also while a process that is about to end still makes files there: rmSync's own
 * `maxRetries` tries the emptied folder again, without what came to stand in it since.
 */
export function removeFolder(path: string): void {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (left === 0 || !(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY'))
        throw error;
    }
  }
}
