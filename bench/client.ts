import { loadavg } from 'node:os';
import { HELP, readOptions, type Options } from './client/options.js';
import { measureRounds, type Added } from './client/rounds.js';
import { clientProgram } from './client/session.js';
import { rounded } from './support/statistics.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';
import type { Target } from './support/targets.js';

interface Measured {
  /** Processes that wanted a core in the minute before, and in the last one. */
  load: { before: number; after: number };
  added: Added[];
}

/** Of any session, and of those that callsheet starts: both have the hooks of init. */
const LIMITS_MS = [
  { what: 'command hooks', limit: 20 },
  { what: 'command hooks of sessions that callsheet starts', limit: 10 },
];

async function measure(options: Options, signal: AbortSignal): Promise<Measured> {
  clientProgram();
  const before = load();
  return inFolder(async (folder) => {
    const added = await measureRounds(folder, options, signal);
    return { load: { before, after: load() }, added };
  });
}

function targetsOf({ tool, addedMs }: Added): Target[] {
  return LIMITS_MS.map(({ what, limit }) => ({
    what: `${tool}, ${what}, more than \`true\``,
    ...{ measured: addedMs, limit, unit: ' ms' },
  }));
}

function load(): number {
  return rounded(loadavg()[0] ?? 0);
}

runTargetBenchmark({
  ...{ name: 'client', title: 'What the hooks add to a tool call of the real Claude Code', help: HELP },
  ...{ readOptions, measure },
  wordsOf: ({ rounds, calls }) => ({ rounds, calls }),
  targetsOf: ({ added }) => added.filter(({ way }) => way === 'command').flatMap(targetsOf),
  factsOf: ({ load: { before, after } }) => [`- load of the machine: ${before} before, ${after} at the end`],
  linesOf: ({ added }) => [
    '| tool | hooks | calls | with `true` | with these | added (paired) |',
    '| --- | --- | --- | --- | --- | --- |',
    ...added.map(
      (each) =>
        `| ${each.tool} | ${each.way} | ${each.calls} | ${each.trueMs} ms | ${each.ms} ms | ${each.addedMs} ms |`,
    ),
  ],
});
