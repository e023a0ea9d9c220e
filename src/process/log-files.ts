import { closeSync, constants, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from '../error/index.js';
import { openOwnFile } from '../file/index.js';

/** The file that holds a log's bytes from `offset` on. */
export function segmentFile(file: string, offset: number): string {
  return `${file}.${offset}`;
}

/** Offsets of the segments of a log, oldest first. */
export function segmentsOf(file: string): number[] {
  const prefix = `${basename(file)}.`;
  return namesIn(dirname(file))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((one, other) => one - other);
}

/**
 * What a bounded log holds, with a line that says how much was left out in the middle; empty when there is no log.
 * Bytes that are no UTF-8 read as U+FFFD; terminal escapes are as they were written.
 * @throws {CallsheetError} `SHEET_FOLDER` when a file of it or its folder is a link, or no file.
 */
export function readLog(file: string): string {
  const parts: Buffer[] = [contentOf(file) ?? Buffer.alloc(0)];
  let end = parts[0]?.length ?? 0;
  for (const offset of segmentsOf(file)) {
    const content = contentOf(segmentFile(file, offset));
    // Removed since we listed it: its writer went on to the next one.
    if (content === undefined) continue;
    if (offset > end) parts.push(Buffer.from(`\n… ${offset - end} bytes left out …\n`));
    parts.push(content);
    end = offset + content.length;
  }
  return Buffer.concat(parts).toString('utf8');
}

function contentOf(file: string): Buffer | undefined {
  return unlessMissing(() => {
    const descriptor = openOwnFile(file, constants.O_RDONLY);
    try {
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }, undefined);
}

function namesIn(folder: string): string[] {
  return unlessMissing(() => readdirSync(folder), []);
}

function unlessMissing<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return otherwise;
    throw error;
  }
}
