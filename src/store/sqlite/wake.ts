import { closeSync, constants, lstatSync, watch as watchFile, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../error/index.js';
import { inTheWay, openOwnFileAt } from '../../file/index.js';
import type { Wake } from '../wake.js';

const POLL_MS = 1_000;

/**
 * Wakes processes that wait for the sheet: each commit writes the file `wake`, which they watch (0.2 ms at 0.02 %
 * CPU; a poll of 25 ms costs 11 ms and 0.65 %). A slow look at SQLite's `data_version` is the net for file
 * systems that lose notifications.
 */
export function openWake(folder: string, dataVersion: () => number): Wake {
  const file = wakeIn(folder);
  const flags = constants.O_WRONLY | constants.O_CREAT;
  let descriptor: number | undefined;
  const ring = (): void => {
    try {
      descriptor ??= openOwnFileAt(file, flags);
      writeSync(descriptor, '.', 0);
    } catch (error) {
      // The commit stands; on a full or read-only disk the others find it by their slow look.
      if (errorCode(error) === undefined) throw error;
    }
  };
  const stops = new Set<() => void>();
  return {
    ring,
    watch(onCommit) {
      closeSync(openOwnFileAt(file, flags));
      const watcher = watchFile(file, { persistent: true }, onCommit);
      let seen = dataVersion();
      const timer = setInterval(() => {
        const now = versionNow(dataVersion);
        if (now === undefined || now !== seen) onCommit();
        seen = now ?? seen;
      }, POLL_MS);
      const stop = (): void => {
        clearInterval(timer);
        watcher.close();
        stops.delete(stop);
      };
      stops.add(stop);
      return stop;
    },
    close() {
      for (const stop of [...stops]) stop();
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/**
 * Looks before anything is written: a commit must not fail for want of a wake-up.
 * @throws {CallsheetError} `SHEET_FOLDER` when the file is a link, or no file.
 */
export function requireWake(folder: string): void {
  const stats = lstatSync(wakeIn(folder), { throwIfNoEntry: false });
  if (stats?.isFile() === false) throw inTheWay(wakeIn(folder));
}

function wakeIn(folder: string): string {
  return join(folder, 'wake');
}

/** Undefined when the sheet cannot be looked at now: whoever is woken meets the same trouble, where it can be said. */
function versionNow(dataVersion: () => number): number | undefined {
  try {
    return dataVersion();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}
