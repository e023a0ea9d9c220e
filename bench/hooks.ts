import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAlone, type Cost } from './hooks/alone.js';
import { HELP, readOptions, type Options } from './hooks/options.js';
import { makePlace, startServer } from './hooks/place.js';
import { measureTogether, type Together } from './hooks/together.js';
import { surroundings, surroundingsLines, type Surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { isMet, targetLines, targetsText, type Target } from './support/targets.js';

interface Result {
  command: string;
  surroundings: Surroundings;
  costs: Cost[];
  together: Together;
  targets: Target[];
}

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const where = await surroundings(PROJECT);
  const measured = await measure(options, signal);
  if (signal.aborted) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  const { rounds, agents, rate, seconds } = options;
  const result: Result = {
    command: `npm run bench:hooks -- --rounds ${rounds} --agents ${agents} --rate ${rate} --seconds ${seconds}`,
    surroundings: where,
    ...measured,
    targets: targetsOf(measured),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(result.targets)}\n`);
  if (options.save) await saveResult('hooks', pageOf(result), result);
  return result.targets.every(isMet) ? EXIT.done : EXIT.failed;
}

type Measured = Pick<Result, 'costs' | 'together'>;

async function measure(options: Options, signal: AbortSignal): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-bench-'));
  try {
    const [served, alone] = [await makePlace(folder, 'served'), await makePlace(folder, 'alone')];
    const endServer = await startServer(served);
    try {
      const costs = await measureAlone({ served, alone }, options.rounds, signal);
      return { costs, together: await measureTogether(served, options, signal) };
    } finally {
      await endServer();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function targetsOf({ costs, together }: Measured): Target[] {
  return [
    ...costs.flatMap(({ hook, serverMs, trueMs, leanOverNode }) => [
      {
        what: `${hook} with a server, more than \`true\``,
        measured: serverMs - trueMs,
        limit: 20,
        unit: ' ms',
      },
      { what: `${hook} without one, over \`node -e 0\``, measured: leanOverNode, limit: 1.5, unit: ' times' },
    ]),
    { what: 'together, 99 of 100 answers', measured: together.p99Ms, limit: 25, unit: ' ms' },
    { what: "together, Jain's index", measured: together.jain, limit: 0.95, isAtLeast: true, unit: '' },
  ];
}

function pageOf({ surroundings: where, command, costs, together, targets }: Result): string {
  return [
    '# What a hook costs',
    '',
    ...surroundingsLines(where),
    `- command: \`${command}\``,
    '',
    ...targetLines(targets),
    '',
    '| hook | `true` | with a server | p99 | without | p99 | `node -e 0` |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...costs.map(
      (each) =>
        `| ${each.hook} | ${each.trueMs} ms | ${each.serverMs} ms | ${each.serverP99Ms} ms | ${each.leanMs} ms | ${each.leanP99Ms} ms | ${each.nodeMs} ms |`,
    ),
    '',
    `${together.agents} agents together: ${together.hooks} hooks, median ${together.medianMs} ms, p99 ${together.p99Ms} ms, Jain's index ${together.jain}.`,
    '',
  ].join('\n');
}

runProgram('bench:hooks', main);
