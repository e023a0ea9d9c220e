import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { CallsheetError, errorCode, messageOf, usageError } from '../error/index.js';

/** Largest plan or configuration, in bytes. */
const MAX_FILE_BYTES = 1_048_576;

export interface SmallFile {
  /** How the file is called in messages. */
  file: string;
  /** The word at the start of error codes. */
  what: 'PLAN' | 'CONFIG';
}

/**
 * Reads a regular file of at most 1 MB. It is opened without waiting and looked at through the open handle, so that
 * neither a FIFO nor a file swapped in between can hold or fool it.
 * @throws {CallsheetError} `…_UNREADABLE`, `…_TOO_LARGE`, by size and before a byte is read.
 */
export async function readSmallFile(path: string, { file, what }: SmallFile): Promise<string> {
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile())
      throw unreadable(what, file, `it is ${stat.isDirectory() ? 'a folder' : 'no regular file'}`);
    if (stat.size > MAX_FILE_BYTES) throw tooLarge(what, file, stat.size);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readAll(handle, file, what));
  } catch (error) {
    if (error instanceof CallsheetError) throw error;
    throw unreadable(what, file, reasonOf(error), error);
  }
}

/** A file may grow after its size was asked for: one byte over the limit is enough to know. */
async function readAll(handle: FileHandle, file: string, what: SmallFile['what']): Promise<Buffer> {
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    length += bytesRead;
    if (length > MAX_FILE_BYTES) throw tooLarge(what, file, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
  }
}

/** @throws {CallsheetError} `…_TOO_LARGE` for text of more than 1 MB. */
export function refuseLargeText(text: string, file: string, what: SmallFile['what']): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) throw tooLarge(what, file, bytes);
}

function tooLarge(what: SmallFile['what'], file: string, bytes: number): CallsheetError {
  const message = `Cannot read ${file}: it has ${bytes} bytes, more than 1 MB (${MAX_FILE_BYTES}). Nothing was run.`;
  return usageError(`${what}_TOO_LARGE`, message, 'Name a smaller file, or split it.');
}

function unreadable(what: SmallFile['what'], file: string, reason: string, cause?: unknown): CallsheetError {
  const message = `Cannot read ${file}: ${reason}. Nothing was run.`;
  const hint = 'Name an existing text file (YAML or JSON, UTF-8).';
  return new CallsheetError(`${what}_UNREADABLE`, message, { exit: 'usage', hint, cause });
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  return messageOf(error);
}
