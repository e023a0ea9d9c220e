import { entryPoint } from '../src/process/index.js';
import { HELP, readOptions, type Options } from './cli/options.js';
import { commandsFor, makeRepository } from './cli/sheets.js';
import { measureStarts, type Timing } from './cli/startup.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';

const MOST_TIMES_NODE = 2.5;

async function measure({ rounds, tasks }: Options, signal: AbortSignal): Promise<{ timings: Timing[] }> {
  return inFolder(async (folder) => {
    const program = entryPoint('callsheet');
    const commands = [];
    for (const many of [0, tasks])
      commands.push(...commandsFor(program, await makeRepository(folder, many), many));
    return { timings: await measureStarts(commands, rounds, signal) };
  });
}

runTargetBenchmark({
  ...{ name: 'cli', title: 'How long a command takes', help: HELP },
  ...{ readOptions, measure },
  wordsOf: ({ rounds, tasks }) => ({ rounds, tasks }),
  targetsOf: ({ timings }) =>
    timings.map(({ name, ratio }) => ({
      what: `${name}, over \`node -e 0\``,
      ...{ measured: ratio, limit: MOST_TIMES_NODE, unit: ' times' },
    })),
  linesOf: ({ timings }) => [
    '| command | median | p90 | `node -e 0` in turn with it |',
    '| --- | --- | --- | --- |',
    ...timings.map(({ name, ms, p90Ms, floorMs }) => `| ${name} | ${ms} ms | ${p90Ms} ms | ${floorMs} ms |`),
  ],
});
