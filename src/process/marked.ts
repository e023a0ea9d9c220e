import type { ProcessIdentity } from './identity.js';
import { identityFrom } from './identity.js';
import { psArguments, psMarked, psVariable } from './ps.js';
import type { ProcessEntry } from './table.js';
import { allEntries, readProcFile } from './table.js';

/**
 * Running processes whose environment held `NAME=value` when they started: finds daemons that left group, session
 * and parent behind. Costs one read per process of ours. A process that emptied its environment is not found.
 */
export function findMarked(marker: string): ProcessIdentity[] {
  return markedAmong(allEntries(), marker).map(identityFrom);
}

/** The entries that carry the marker; never the calling process. */
export function markedAmong(entries: ProcessEntry[], marker: string): ProcessEntry[] {
  const others = entries.filter((entry) => !entry.isZombie && entry.pid !== process.pid);
  if (process.platform !== 'linux') {
    const pids = new Set(psMarked(marker));
    return others.filter(({ pid }) => pids.has(pid));
  }
  // /proc is read byte by byte (latin1), so the marker must be too.
  const bytes = `\0${Buffer.from(marker).toString('latin1')}\0`;
  return others.filter(({ pid }) => `\0${readProcFile(`/proc/${pid}/environ`) ?? ''}\0`.includes(bytes));
}

/** What a process was started with, its program first; empty when it is not there, or not ours to look into. */
export function argumentsOf(pid: number): string[] {
  if (process.platform !== 'linux') return psArguments(pid);
  const words = readProcFile(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return words.slice(0, -1).map((word) => Buffer.from(word, 'latin1').toString('utf8'));
}

/** What a variable of a process was when it started; undefined when it had none, or is not ours to look into. */
export function variableOf(pid: number, name: string): string | undefined {
  if (process.platform !== 'linux') return psVariable(pid, name);
  const entries = readProcFile(`/proc/${pid}/environ`)?.split('\0') ?? [];
  return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}
