import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** What is under a path is no file: opening it as one could wait for ever, reading it never end. */
export class NotAFile extends Error {
  override readonly name = 'NotAFile';

  constructor(readonly isFolder: boolean) {
    super(isFolder ? 'it is a folder' : 'it is no regular file');
  }
}

export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';

  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`it has ${bytes} bytes or more, and at most ${maxBytes} are read`);
  }
}

export interface OpenOptions {
  /** Whether a link at the end of the path is followed. Default true; an error of code `ELOOP` otherwise. */
  followLink?: boolean;
}

// Without O_NONBLOCK, opening a pipe waits until somebody writes into it.
function flagsOf({ followLink = true }: OpenOptions): number {
  return constants.O_RDONLY | constants.O_NONBLOCK | (followLink ? 0 : constants.O_NOFOLLOW);
}

function requireFile(stats: Stats): void {
  if (!stats.isFile()) throw new NotAFile(stats.isDirectory());
}

/**
 * Opens a regular file for reading. What it is is asked of the open file, not of its path, so that nothing can be put
 * in its place between the question and the use.
 * @throws {NotAFile} for a folder, pipe, socket or device; the errors of open(2).
 */
export async function openFile(path: string, options: OpenOptions = {}): Promise<FileHandle> {
  const handle = await open(path, flagsOf(options));
  try {
    requireFile(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * All of a small file, read as {@link openFile} opens one.
 * @throws {FileTooLarge} by its size before a byte is read, or because it grew. @throws {NotAFile}
 */
export function readSmall(path: string, maxBytes: number, options: OpenOptions = {}): Buffer {
  const descriptor = openSync(path, flagsOf(options));
  try {
    const stats = fstatSync(descriptor);
    requireFile(stats);
    if (stats.size > maxBytes) throw new FileTooLarge(stats.size, maxBytes);
    return readWhole(descriptor, maxBytes);
  } finally {
    closeSync(descriptor);
  }
}

// Files of /proc say that they are empty, and others grow: one byte over the limit is enough to know.
function readWhole(descriptor: number, maxBytes: number): Buffer {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += read;
    if (length > maxBytes) throw new FileTooLarge(length, maxBytes);
    if (read === 0) return buffer.subarray(0, length);
  }
}

/** A path to an open file that stays with it, whatever happens to its name; elsewhere than on Linux the name itself. */
export function handlePath({ fd }: { fd: number }, name: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${fd}` : name;
}
