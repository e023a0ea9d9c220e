import { existsSync } from 'node:fs';
import { entryPoint } from '../src/process/index.js';
import { figuresOf, type Figures } from './memory/figures.js';
import { HELP, readOptions, type Options } from './memory/options.js';
import { watchIdle, watchRun } from './memory/run.js';
import { say } from './support/program.js';
import { rounded } from './support/statistics.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';
import type { Target } from './support/targets.js';
import { UsageError } from './support/usage-error.js';

const MOST_MB = 150;
/** What V8's heap varies by itself from one collection to the next stays below. */
const MOST_GROWTH = 1.15;

interface Measured {
  figures: Figures;
  floorMb: number;
  landed: number;
}

async function measure({ tasks, workers }: Options, signal: AbortSignal): Promise<Measured> {
  if (!existsSync('/proc/self/status'))
    throw new UsageError('Memory is read from /proc, which only Linux has.');
  return inFolder(async (folder) => {
    const floorMb = rounded(Math.max(...(await watchIdle()).map(({ peakMb }) => peakMb)));
    say(`A run of ${tasks} tasks with ${workers} workers …`);
    const { samples, landed } = await watchRun(folder, entryPoint('callsheet'), { tasks, workers }, signal);
    return { figures: figuresOf(samples, tasks), floorMb, landed };
  });
}

function targetsOf({ figures, landed }: Measured, { tasks }: Options): Target[] {
  return [
    { what: 'tasks landed', measured: landed, limit: tasks, isAtLeast: true, unit: '' },
    { what: 'peak of the engine', measured: figures.peakMb, limit: MOST_MB, unit: ' MB' },
    {
      what: 'last third of the run over the first',
      ...{ measured: figures.growth, limit: MOST_GROWTH, unit: ' times' },
    },
  ];
}

runTargetBenchmark({
  ...{ name: 'memory', title: 'Memory of an engine', help: HELP },
  ...{ readOptions, measure, targetsOf },
  wordsOf: ({ tasks, workers }) => ({ tasks, workers }),
  linesOf: ({ figures, floorMb }) => [
    `A Node that does nothing uses ${floorMb} MB; the engine ${figures.firstThirdMb} MB in the first third of the run and`,
    `${figures.lastThirdMb} MB in the last. For one task the engine itself computed ${figures.cpuMsPerTaskFirst} ms in the first`,
    `third and ${figures.cpuMsPerTaskLast} ms in the last, without the processes that it starts.`,
  ],
});
