import { join } from 'node:path';
import { entryPoint } from '../src/process/index.js';
import { measureRuns } from './run/benchmark.js';
import { HELP, readOptions } from './run/options.js';
import { commandOf, figuresOf, figuresText, pageOf, type Result } from './run/page.js';
import { openPlace } from './run/place.js';
import { surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const where = await surroundings(PROJECT);
  const programs = {
    callsheet: entryPoint('callsheet'),
    agent: join(PROJECT, 'bench/run/agent.sh'),
    floor: join(PROJECT, 'bench/run/floor.sh'),
  };
  await using place = await openPlace();
  const measured = await measureRuns(place, { ...options, programs, counted: [5, 25], signal, say });
  const { tasks, workers } = options;
  const result: Result = {
    command: commandOf(options),
    surroundings: where,
    ...{ tasks, workers },
    figures: figuresOf(measured, tasks),
    ...measured,
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `\n${figuresText(result)}\n`);
  for (const fault of measured.faults) say(fault);
  if (signal.aborted) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  if (options.save) await saveResult('run', pageOf(result), result);
  return measured.faults.length === 0 ? EXIT.done : EXIT.failed;
}

runProgram('bench:run', main);
