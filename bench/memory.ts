import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryPoint } from '../src/process/index.js';
import { figuresOf, type Figures } from './memory/figures.js';
import { HELP, readOptions, type Options } from './memory/options.js';
import { watchIdle, watchRun } from './memory/run.js';
import { surroundings, surroundingsLines, type Surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { rounded } from './support/statistics.js';
import { isMet, targetLines, targetsText, type Target } from './support/targets.js';
import { UsageError } from './support/usage-error.js';

const MOST_MB = 150;
/** What V8's heap varies by itself from one collection to the next stays below. */
const MOST_GROWTH = 1.15;

interface Result {
  command: string;
  surroundings: Surroundings;
  figures: Figures;
  floorMb: number;
  targets: Target[];
}

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  if (!existsSync('/proc/self/status'))
    throw new UsageError('Memory is read from /proc, which only Linux has.');
  const result = await measured(options, signal);
  if (result === undefined) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(result.targets)}\n`);
  if (options.save) await saveResult('memory', pageOf(result), result);
  return result.targets.every(isMet) ? EXIT.done : EXIT.failed;
}

async function measured({ tasks, workers }: Options, signal: AbortSignal): Promise<Result | undefined> {
  const where = await surroundings(PROJECT);
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-bench-'));
  try {
    const floorMb = rounded(Math.max(...(await watchIdle()).map(({ peakMb }) => peakMb)));
    say(`A run of ${tasks} tasks with ${workers} workers …`);
    const run = await watchRun(folder, entryPoint('callsheet'), { tasks, workers }, signal);
    if (signal.aborted) return undefined;
    const figures = figuresOf(run.samples, tasks);
    return {
      command: `npm run bench:memory -- --tasks ${tasks} --workers ${workers}`,
      ...{ surroundings: where, figures, floorMb },
      targets: [
        { what: 'tasks landed', measured: run.landed, limit: tasks, isAtLeast: true, unit: '' },
        { what: 'peak of the engine', measured: figures.peakMb, limit: MOST_MB, unit: ' MB' },
        {
          what: 'last third of the run over the first',
          measured: figures.growth,
          ...{ limit: MOST_GROWTH, unit: ' times' },
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pageOf({ surroundings: where, command, figures, floorMb, targets }: Result): string {
  return [
    '# Memory of an engine',
    '',
    ...surroundingsLines(where),
    `- command: \`${command}\``,
    '',
    ...targetLines(targets),
    '',
    `A Node that does nothing uses ${floorMb} MB; the engine ${figures.firstThirdMb} MB in the first third of the run and`,
    `${figures.lastThirdMb} MB in the last. For one task the engine itself computed ${figures.cpuMsPerTaskFirst} ms in the first`,
    `third and ${figures.cpuMsPerTaskLast} ms in the last, without the processes that it starts.`,
    '',
  ].join('\n');
}

runProgram('bench:memory', main);
