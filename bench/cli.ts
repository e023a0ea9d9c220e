import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryPoint } from '../src/process/index.js';
import { HELP, readOptions, type Options } from './cli/options.js';
import { commandsFor, makeRepository } from './cli/sheets.js';
import { measureStarts, type Timing } from './cli/startup.js';
import { surroundings, surroundingsLines, type Surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { isMet, targetLines, targetsText, type Target } from './support/targets.js';

const MOST_TIMES_NODE = 2.5;

interface Result {
  command: string;
  surroundings: Surroundings;
  timings: Timing[];
  targets: Target[];
}

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const where = await surroundings(PROJECT);
  const timings = await measured(options, signal);
  if (signal.aborted) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  const result: Result = {
    command: `npm run bench:cli -- --rounds ${options.rounds} --tasks ${options.tasks}`,
    surroundings: where,
    timings,
    targets: timings.map(({ name, ratio }) => ({
      what: `${name}, over \`node -e 0\``,
      ...{ measured: ratio, limit: MOST_TIMES_NODE, unit: ' times' },
    })),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(result.targets)}\n`);
  if (options.save) await saveResult('cli', pageOf(result), result);
  return result.targets.every(isMet) ? EXIT.done : EXIT.failed;
}

async function measured({ rounds, tasks }: Options, signal: AbortSignal): Promise<Timing[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-bench-'));
  try {
    const program = entryPoint('callsheet');
    const commands = [];
    for (const many of [0, tasks])
      commands.push(...commandsFor(program, await makeRepository(folder, many), many));
    return await measureStarts(commands, rounds, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pageOf({ surroundings: where, command, timings, targets }: Result): string {
  return [
    '# How long a command takes',
    '',
    ...surroundingsLines(where),
    `- command: \`${command}\``,
    '',
    ...targetLines(targets),
    '',
    '| command | median | p90 | `node -e 0` in turn with it |',
    '| --- | --- | --- | --- |',
    ...timings.map(({ name, ms, p90Ms, floorMs }) => `| ${name} | ${ms} ms | ${p90Ms} ms | ${floorMs} ms |`),
    '',
  ].join('\n');
}

runProgram('bench:cli', main);
