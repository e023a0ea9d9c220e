import type { ProcessEntry } from './table.js';
import { entryOf } from './table.js';

/** A process that cannot be mistaken for a later one with the same pid. Safe to store and to compare. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque: on Linux boot and start tick (field 22 of `/proc/pid/stat`), elsewhere what `ps -o lstart=` says. */
  startedAt: string;
}

/** The identity of a running process; undefined when there is none or it is a zombie. Costs two reads of `/proc`. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const entry = entryOf(pid);
  return entry === undefined || entry.isZombie ? undefined : identityFrom(entry);
}

/** Whether this very process still runs: not a zombie, and not another one that got its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startedAt === identity.startedAt;
}

/** Parent, its parent, and so on up to the first process; empty when there is no such process. */
export function ancestorsOf(pid: number): number[] {
  const ancestors: number[] = [];
  let parent = entryOf(pid)?.parentPid;
  // A pid can be reused while we walk; no chain of parents is a circle, so a repetition ends the walk.
  while (parent !== undefined && parent > 0 && !ancestors.includes(parent)) {
    ancestors.push(parent);
    parent = entryOf(parent)?.parentPid;
  }
  return ancestors;
}

/** @internal */
export function identityFrom({ pid, startedAt }: ProcessEntry): ProcessIdentity {
  return { pid, startedAt };
}
