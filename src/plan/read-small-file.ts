import { CallsheetError, errorCode, messageOf, usageError } from '../error/index.js';
import { FileTooLarge, readSmall, textOf, type OpenOptions } from '../file/index.js';

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
export async function readSmallFile(
  path: string,
  { file, what }: SmallFile,
  options?: OpenOptions,
): Promise<string> {
  try {
    return textOf(readSmall(path, MAX_FILE_BYTES, options));
  } catch (error) {
    if (error instanceof FileTooLarge) throw tooLarge(what, file, error.bytes);
    throw unreadable(what, file, reasonOf(error), error);
  }
}

/** The text of such a file as a commit has it. @throws {CallsheetError} `…_UNREADABLE` when it is not UTF-8. */
export function textOfSmallFile(content: Buffer, { file, what }: SmallFile): string {
  try {
    return textOf(content);
  } catch (error) {
    throw unreadable(what, file, reasonOf(error), error);
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
  return messageOf(error);
}
