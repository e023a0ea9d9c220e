import { statSync } from 'node:fs';
import { errorCode } from '../../error/index.js';
import { readProcFile } from '../../process/index.js';

// In WAL mode a writer locks this byte of the `-shm` file. https://sqlite.org/walformat.html#locks
const WRITE_LOCK_BYTE = 120;

/** The process that is in the middle of a write. */
export interface Writer {
  pid: number;
  /** Stopped by a signal (Ctrl-Z, a debugger): it holds the sheet until somebody lets it go on, or ends it. */
  isStopped: boolean;
}

/** Who holds a sheet for writing, where the system tells that (Linux); undefined when nobody does or it is not told. */
export function writerOf(file: string): Writer | undefined {
  const inode = inodeOf(`${file}-shm`);
  const locks = inode === undefined ? undefined : readProcFile('/proc/locks');
  for (const line of locks?.split('\n') ?? []) {
    // 1: POSIX  ADVISORY  WRITE 1272 fe:00:2293608 120 120
    const [, , , kind, pid, place, from, to] = line.split(/\s+/);
    // A process of another container has no number here.
    const isOurs = kind === 'WRITE' && place?.split(':')[2] === inode && Number(pid) > 0;
    if (isOurs && Number(from) <= WRITE_LOCK_BYTE && (to === 'EOF' || Number(to) >= WRITE_LOCK_BYTE))
      return { pid: Number(pid), isStopped: isStopped(Number(pid)) };
  }
  return undefined;
}

function inodeOf(file: string): string | undefined {
  try {
    return String(statSync(file, { bigint: true }).ino);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

function isStopped(pid: number): boolean {
  return /\) [Tt] /.test(readProcFile(`/proc/${pid}/stat`) ?? '');
}
