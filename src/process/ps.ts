import { execFileSync } from 'node:child_process';
import type { ProcessEntry } from './table.js';

const COLUMNS = ['-o', 'pid=,ppid=,pgid=,stat=,lstart='];

/** One process as `ps` shows it (macOS and other systems without `/proc`). */
export function psEntry(pid: number): ProcessEntry | undefined {
  return parse(ps([...COLUMNS, '-p', String(pid)]))[0];
}

/** Every process as `ps` shows it. */
export function psEntries(): ProcessEntry[] {
  return parse(ps(['-ax', ...COLUMNS]));
}

/** Pids whose environment holds `marker`, as far as `ps` shows environments (our own, unprotected processes). */
export function psMarked(marker: string): number[] {
  return ps(['-axwwE', '-o', 'pid=,command='])
    .split('\n')
    .filter((line) => ` ${line} `.includes(` ${marker} `))
    .map((line) => Number.parseInt(line, 10));
}

/** The words that a process was started with; one with spaces is several. */
export function psArguments(pid: number): string[] {
  return ps(['-ww', '-o', 'command=', '-p', String(pid)])
    .trim()
    .split(' ')
    .filter((word) => word !== '');
}

/** What a variable without spaces was when the process started, as far as `ps` shows environments. */
export function psVariable(pid: number, name: string): string | undefined {
  const line = ps(['-wwE', '-o', 'command=', '-p', String(pid)]);
  return line
    .split(' ')
    .find((word) => word.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .trimEnd();
}

/** The group of a process, its terminal, and the group in the foreground there; undefined without a terminal. */
export function psTerminal(pid: number): { group: string; foreground: string; device: string } | undefined {
  const line = ps(['-o', 'pgid=,tpgid=,tty=', '-p', String(pid)]).trim();
  const [group = '', foreground = '', device = ''] = line.split(/\s+/);
  return device === '' || device.startsWith('?') ? undefined : { group, foreground, device };
}

/** Pids of the processes whose program's name begins so. */
export function psNamed(prefix: string): number[] {
  return ps(['-ax', '-o', 'pid=,comm='])
    .split('\n')
    .filter((line) =>
      line
        .trim()
        .replace(/^\d+\s+(?:.*\/)?/, '')
        .startsWith(prefix),
    )
    .map((line) => Number.parseInt(line, 10));
}

function ps(args: string[]): string {
  try {
    // LC_ALL=C: lstart is compared as text and must not depend on who asks.
    return execFileSync('ps', args, {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 256 * 1024 * 1024,
    });
  } catch (error) {
    // ps exits 1 when no process matches.
    if (error instanceof Error && 'status' in error && error.status === 1) return '';
    throw error;
  }
}

function parse(table: string): ProcessEntry[] {
  return table.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (match === null) return [];
    const [, pid, parentPid, groupId, state = '', startedAt = ''] = match;
    return {
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      sessionId: undefined,
      isZombie: state.startsWith('Z'),
      startedAt,
    };
  });
}
