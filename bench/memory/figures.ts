import { median, rounded } from '../support/statistics.js';
import type { Sample } from './sample.js';

export interface Figures {
  peakMb: number;
  /** Medians of the first and the last third of the time, without the beginning and the end of the run. */
  firstThirdMb: number;
  lastThirdMb: number;
  growth: number;
  /** What the engine itself computes for one task, in the first and the last third of the tasks. */
  cpuMsPerTaskFirst: number;
  cpuMsPerTaskLast: number;
}

/** So much of the time at the beginning does not count: V8 compiles, and fills its heap for the first time. */
const WARM_UP = 0.1;

export function figuresOf(samples: readonly Sample[], tasks: number): Figures {
  const steady = samples.filter(({ done }) => done > tasks * WARM_UP && done < tasks);
  const third = Math.floor(steady.length / 3);
  const first = median(steady.slice(0, third).map(({ rssMb }) => rssMb));
  const last = median(steady.slice(steady.length - third).map(({ rssMb }) => rssMb));
  return {
    peakMb: rounded(Math.max(0, ...samples.map(({ peakMb }) => peakMb))),
    firstThirdMb: rounded(first),
    lastThirdMb: rounded(last),
    growth: rounded(last / first),
    cpuMsPerTaskFirst: cpuPerTask(samples, tasks * WARM_UP, tasks / 3),
    cpuMsPerTaskLast: cpuPerTask(samples, (tasks * 2) / 3, tasks - 1),
  };
}

function cpuPerTask(samples: readonly Sample[], from: number, to: number): number {
  const begin = samples.find(({ done }) => done >= from);
  const end = samples.findLast(({ done }) => done <= to);
  if (begin === undefined || end === undefined || end.done <= begin.done) return 0;
  return rounded((end.cpuMs - begin.cpuMs) / (end.done - begin.done));
}
