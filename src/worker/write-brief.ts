import { closeSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { openOwnFile } from '../file/index.js';

const OVERWRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;

/** Writes a brief beside the log of its attempt. @throws {CallsheetError} `SHEET_FOLDER` rather than through a link. */
export function writeBrief(file: string, brief: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openOwnFile(file, OVERWRITE);
  try {
    writeFileSync(descriptor, brief);
  } finally {
    closeSync(descriptor);
  }
}
