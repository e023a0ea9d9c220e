import { dirname } from 'node:path';
import { isOutOfSpace } from '../process/index.js';

const SAID = /No space left on device|Disk quota exceeded|Out of diskspace/;
// For these git does not say why; the disk does.
const NOT_WRITTEN =
  /(?:unable to|couldn't|could not|cannot) (?:write|create|mkdir|append|copy)|write error|file write|failed to write/i;

/** Whether git failed for want of room on the disk: of the folder that it ran in, or of a file that it names. */
export function isForWantOfSpace(stderr: string, cwd: string): boolean {
  if (SAID.test(stderr)) return true;
  if (!NOT_WRITTEN.test(stderr)) return false;
  const named = [...stderr.matchAll(/'(\/[^'\n]+)'/g)].map(([, path = '/']) => dirname(path));
  return [cwd, ...named].some(isOutOfSpace);
}
