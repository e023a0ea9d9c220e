import { closeSync, constants, fstatSync, mkdirSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../error/index.js';
import { openOwnFile } from '../file/index.js';
import { tailOf } from '../text/index.js';
import { segmentFile, segmentsOf } from './log-files.js';

/** Output on its way into files of bounded size. */
export interface BoundedLog {
  /** Never throws: a full disk must not end the agent whose words it is. See {@link BoundedLog.problem}. */
  write(chunk: Buffer): void;
  /** The last lines written since this log was opened. Default 40 lines, at most 16 KiB. */
  tail(maxLines?: number): string;
  /** Why what came last is not in the file; undefined while all is well. */
  problem(): string | undefined;
  close(): void;
}

const TAIL_BYTES = 16 * 1024;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

/**
 * Opens a log that keeps the first third of `limitBytes` and between one and two thirds of what came last: it never
 * takes more room than that, and what was written can be read at once, also after a kill. A log that exists is continued.
 *
 * The head is `file` itself, what follows is in segments `file.<offset>` of which the newest two are kept. Read all of
 * it with {@link readLog}. Writing is synchronous, into the page cache: a queue would be memory without bound.
 * @throws {CallsheetError} `SHEET_FOLDER` when the file or its folder is a link, or no file; the errors of mkdir(2) and open(2).
 */
export function openLog(file: string, limitBytes: number): BoundedLog {
  const writeOut = segmentWriter(file, Math.max(1, Math.floor(limitBytes / 3)));
  let recent: Buffer = Buffer.alloc(0);
  let problem: string | undefined;
  return {
    write(chunk) {
      recent = Buffer.concat([recent, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
      if (problem !== undefined) return;
      try {
        writeOut.write(chunk);
      } catch (error) {
        problem = messageOf(error);
      }
    },
    tail: (maxLines = 40) => tailOf(withoutCutCharacter(recent).toString('utf8'), maxLines, TAIL_BYTES),
    problem: () => problem,
    close: () => writeOut.close(),
  };
}

function segmentWriter(file: string, third: number): { write(chunk: Buffer): void; close(): void } {
  mkdirSync(dirname(file), { recursive: true });
  const segments = segmentsOf(file);
  const newest = segments.at(-1);
  let descriptor = openOwnFile(newest === undefined ? file : segmentFile(file, newest), APPEND);
  const { size } = fstatSync(descriptor);
  let room = third - size;
  let offset = (newest ?? 0) + size;

  function startSegment(): void {
    const next = openOwnFile(segmentFile(file, offset), APPEND);
    closeSync(descriptor);
    descriptor = next;
    room = third;
    segments.push(offset);
    for (const old of segments.splice(0, segments.length - 2))
      rmSync(segmentFile(file, old), { force: true });
  }

  return {
    write(chunk) {
      for (let from = 0; from < chunk.length;) {
        if (room <= 0) startSegment();
        const written = writeSync(descriptor, chunk, from, Math.min(room, chunk.length - from));
        from += written;
        offset += written;
        room -= written;
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** Drops the bytes at the start that continue a character whose beginning was cut off. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return start <= 0 ? bytes : bytes.subarray(start);
}
