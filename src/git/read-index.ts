import { readFileSync } from 'node:fs';

import { errorCode } from '../error/index.js';
import type { RawPath } from './parse-status.js';

/** An entry of an index that is more than a file as it was checked out. */
export interface SpecialEntry {
  path: RawPath;
  /** A pointer to a commit of another repository. */
  isGitlink: boolean;
  isUnmerged: boolean;
  /** Flags that hide a changed file from git's eyes. */
  isAssumedUnchanged: boolean;
  isSkipped: boolean;
}

const FLAGS = { assumedUnchanged: 0x8000, extended: 0x4000, stage: 0x3000, skipped: 0x4000 };
const MODE = { gitlink: 0o160000, folder: 0o040000 };
const HEADER_BYTES = 12;
/** Times, device, inode, mode, owner and size of an entry, before the object's id. */
const STAT_BYTES = 40;

/**
 * The entries of an index file that are special in some way, read as git writes it: a file is replaced as a whole,
 * so it is never half of one. A call of git for the same takes as long as reading ten thousand entries.
 * @returns Undefined for an index whose entries are elsewhere (split, sparse) or written in a way that is not known:
 * git has to be asked then.
 * @see https://git-scm.com/docs/index-format
 */
export function specialEntries(file: string): SpecialEntry[] | undefined {
  const bytes = readIfThere(file);
  if (bytes === undefined) return [];
  const version = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32BE(4);
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return undefined;
  // An id of SHA-1 or of SHA-256; with the wrong one the entries do not end where the rest begins.
  return read(bytes, version, 20) ?? read(bytes, version, 32);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

function read(bytes: Buffer, version: number, idBytes: number): SpecialEntry[] | undefined {
  const special: SpecialEntry[] = [];
  const end = bytes.length - idBytes;
  const state = { at: HEADER_BYTES, name: '' };
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    const start = state.at;
    const flagsAt = start + STAT_BYTES + idBytes;
    if (flagsAt + 4 > end) return undefined;
    const mode = bytes.readUInt32BE(start + 24);
    if (mode === MODE.folder) return undefined;
    const flags = bytes.readUInt16BE(flagsAt);
    const isExtended = (flags & FLAGS.extended) !== 0;
    const more = isExtended ? bytes.readUInt16BE(flagsAt + 2) : 0;
    if (!takeName(bytes, version, state, flagsAt + (isExtended ? 4 : 2))) return undefined;
    const entry = {
      path: state.name,
      isGitlink: mode === MODE.gitlink,
      isUnmerged: (flags & FLAGS.stage) !== 0,
      isAssumedUnchanged: (flags & FLAGS.assumedUnchanged) !== 0,
      isSkipped: (more & FLAGS.skipped) !== 0,
    };
    if (entry.isGitlink || entry.isUnmerged || entry.isAssumedUnchanged || entry.isSkipped)
      special.push(entry);
  }
  return hasOnlyHints(bytes, state.at, end) ? special : undefined;
}

/** Moves on behind the name of an entry; false where there is none. */
function takeName(
  bytes: Buffer,
  version: number,
  state: { at: number; name: string },
  nameAt: number,
): boolean {
  const [stripped, from] = version === 4 ? strippedAt(bytes, nameAt) : [state.name.length, nameAt];
  const end = bytes.indexOf(0, from);
  if (end === -1 || stripped > state.name.length) return false;
  const kept = state.name.slice(0, state.name.length - stripped);
  state.name = kept + bytes.toString('latin1', from, end);
  // Before version 4 entries are filled up with 1 to 8 NULs.
  state.at = version === 4 ? end + 1 : state.at + (((end - state.at) >> 3) + 1) * 8;
  return true;
}

/** How much of the name before is not in this one (version 4), and where the rest of the name begins. */
function strippedAt(bytes: Buffer, at: number): [number, number] {
  let byte = bytes[at] ?? 0;
  let value = byte & 127;
  let next = at + 1;
  while ((byte & 128) !== 0 && next < bytes.length) {
    byte = bytes[next] ?? 0;
    value = (value + 1) * 128 + (byte & 127);
    next += 1;
  }
  return [value, next];
}

/** Whether nothing follows the entries but extensions that may be ignored: their names begin with a capital letter. */
function hasOnlyHints(bytes: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at + 8 <= end) {
    if (!/^[A-Z]/.test(bytes.toString('latin1', at, at + 4))) return false;
    at += 8 + bytes.readUInt32BE(at + 4);
  }
  return at === end;
}
