import { measureAlone, type Cost } from './hooks/alone.js';
import { HELP, readOptions, type Options } from './hooks/options.js';
import { makePlace, startServer } from './hooks/place.js';
import { measureTogether, type Together } from './hooks/together.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';
import type { Target } from './support/targets.js';

interface Measured {
  costs: Cost[];
  together: Together;
}

async function measure(options: Options, signal: AbortSignal): Promise<Measured> {
  return inFolder(async (folder) => {
    const [served, alone] = [await makePlace(folder, 'served'), await makePlace(folder, 'alone')];
    const endServer = await startServer(served);
    try {
      const costs = await measureAlone({ served, alone }, options.rounds, signal);
      return { costs, together: await measureTogether(served, options, signal) };
    } finally {
      await endServer();
    }
  });
}

function targetsOf({ costs, together }: Measured): Target[] {
  return [
    ...costs.flatMap(({ name, serverMs, trueMs, leanOverNode }) => [
      {
        what: `${name}, with a server, more than \`true\``,
        measured: serverMs - trueMs,
        limit: 20,
        unit: ' ms',
      },
      {
        what: `${name}, without one, over \`node -e 0\``,
        measured: leanOverNode,
        limit: 1.5,
        unit: ' times',
      },
    ]),
    { what: 'together, 99 of 100 answers', measured: together.p99Ms, limit: 25, unit: ' ms' },
    { what: "together, Jain's index", measured: together.jain, limit: 0.95, isAtLeast: true, unit: '' },
  ];
}

function linesOf({ costs, together }: Measured): string[] {
  return [
    '| hook | `true` | with a server | p99 | without | p99 | `node -e 0` |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...costs.map(
      (each) =>
        `| ${each.name} | ${each.trueMs} ms | ${each.serverMs} ms | ${each.serverP99Ms} ms | ${each.leanMs} ms | ${each.leanP99Ms} ms | ${each.nodeMs} ms |`,
    ),
    '',
    `${together.agents} agents together: ${together.hooks} hooks, median ${together.medianMs} ms, p99 ${together.p99Ms} ms, Jain's index ${together.jain}.`,
  ];
}

runTargetBenchmark({
  ...{ name: 'hooks', title: 'What a hook costs', help: HELP },
  ...{ readOptions, measure, targetsOf, linesOf },
  wordsOf: ({ rounds, agents, rate, seconds }) => ({ rounds, agents, rate, seconds }),
});
