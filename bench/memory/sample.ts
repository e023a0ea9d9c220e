import { readFile } from 'node:fs/promises';
import { errorCode } from '../../src/error/index.js';

/** What a process uses at a moment. */
export interface Sample {
  /** Since the first sample, in milliseconds. */
  atMs: number;
  rssMb: number;
  /** The most it has ever used. */
  peakMb: number;
  /** Time of the processor so far, in milliseconds. */
  cpuMs: number;
  /** How far the work was. */
  done: number;
}

// The unit of times in /proc/PID/stat is 1/100 s on every Linux that Node runs on. proc_pid_stat(5)
const TICK_MS = 10;

/** Reads what the system knows of a process; undefined when it has ended. */
async function sampleOf(pid: number): Promise<Pick<Sample, 'rssMb' | 'peakMb' | 'cpuMs'> | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const sample = {
      rssMb: kb('VmRSS') / 1024,
      peakMb: kb('VmHWM') / 1024,
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    };
    // A process that has ended but is not waited for has no memory any more.
    return Number.isNaN(sample.rssMb) ? undefined : sample;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

/** Looks at a process every so often until it has ended. */
export async function watchProcess(pid: number, everyMs: number, done: () => number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const started = performance.now();
  for (;;) {
    const sample = await sampleOf(pid);
    if (sample === undefined) return samples;
    samples.push({ ...sample, atMs: Math.round(performance.now() - started), done: done() });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
