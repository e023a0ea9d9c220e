import { psTerminal } from './ps.js';
import { readProcFile } from './table.js';

/** The terminal that a process is attached to. */
export interface ControllingTerminal {
  /** Opaque: equal for processes of one terminal. */
  device: string;
  /** Whether what is typed there goes to this process, or to its group. */
  isForeground: boolean;
}

/** Undefined when there is no such process, or it has no terminal. */
export function terminalOf(pid: number): ControllingTerminal | undefined {
  const facts = process.platform === 'linux' ? procTerminal(pid) : psTerminal(pid);
  if (facts === undefined) return undefined;
  const { group, foreground, device } = facts;
  return { device, isForeground: group === foreground };
}

/** @see proc(5), `/proc/pid/stat`: the name may hold spaces and brackets, so fields are counted from its last `)`. */
function procTerminal(pid: number) {
  const stat = readProcFile(`/proc/${pid}/stat`);
  const [, , group = '', , device = '0', foreground = ''] =
    stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return device === '0' ? undefined : { group, foreground, device };
}
