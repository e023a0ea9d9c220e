import { writeSync } from 'node:fs';
import { errorCode } from '../error/index.js';

/**
 * Writes to a descriptor, standard output or standard error as a rule, without Node's own streams, which take as long to load as a sheet
 * takes to open.
 * @returns What a stream that somebody has set to not block would not take; `gone` when nobody listens any more.
 */
export function writeAtOnce(descriptor: number, text: string): Buffer | 'gone' {
  const bytes = Buffer.from(text);
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(descriptor, bytes, done);
  } catch (error) {
    // A closed pipe, a terminal that is gone.
    if (['EPIPE', 'EIO'].includes(errorCode(error) ?? '')) return 'gone';
    if (errorCode(error) !== 'EAGAIN') throw error;
  }
  return bytes.subarray(done);
}
