import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from '../error/index.js';
import { psEntries, psEntry } from './ps.js';

/** One process as the system lists it now. */
export interface ProcessEntry {
  pid: number;
  parentPid: number;
  groupId: number;
  /** Linux only: elsewhere `ps` shows no number that could be compared. */
  sessionId: number | undefined;
  /** Ended, and not yet collected by its parent: it runs nothing any more. */
  isZombie: boolean;
  /** When it started, opaque: equal for the same process, different for a later one with the same pid. */
  startedAt: string;
}

/** One process, zombies included; undefined when there is none with this pid. */
export function entryOf(pid: number): ProcessEntry | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform !== 'linux') return psEntry(pid);
  const stat = readProcFile(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat);
}

/** Every process of the machine that we may see. */
export function allEntries(): ProcessEntry[] {
  if (process.platform !== 'linux') return psEntries();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => entryOf(Number(name)))
    .filter((entry) => entry !== undefined);
}

/** The text of a file of `/proc`; undefined when its process has ended or is not ours to look into. */
export function readProcFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    // ESRCH: the process ended between opening and reading.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** @see proc(5), `/proc/pid/stat`: the name may hold spaces and brackets, so fields are counted from its last `)`. */
function parseStat(stat: string): ProcessEntry | undefined {
  const pid = Number.parseInt(stat, 10);
  const [state, parentPid, groupId, sessionId, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = rest[15];
  if (state === undefined || ticks === undefined) return undefined;
  return {
    pid,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    isZombie: state === 'Z' || state === 'X',
    startedAt: `${bootName()}:${ticks}`,
  };
}

let boot: string | undefined;

// Start times count from boot: without its name, a sheet written before a restart could point at a stranger.
function bootName(): string {
  boot ??= (readProcFile('/proc/sys/kernel/random/boot_id') ?? 'boot').trim().slice(0, 8);
  return boot;
}
