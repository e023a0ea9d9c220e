import { join } from 'node:path';
import { entryPoint } from '../src/process/index.js';
import { replayHistory, type Wishes } from './history/benchmark.js';
import type { Row } from './history/compare.js';
import { HELP, readOptions, type Options } from './history/options.js';
import { figuresText, pageOf, type Result } from './history/page.js';
import { openSource } from './history/source.js';
import { surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const source = await openSource(options.repo, options.name);
  const where = await surroundings(PROJECT);
  say(`Replaying ${source.name}; each merge is one run with two tasks.`);
  const { rows, figures } = await replayHistory(source, wishesFrom(options, signal));
  const result: Result = {
    repository: source.name,
    head: source.head,
    ...(source.origin === undefined ? {} : { origin: source.origin }),
    command: `npm run bench:history -- --repo ${source.name} --merges ${options.merges}`,
    surroundings: where,
    figures,
    rows,
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `\n${figuresText(result)}\n`);
  if (signal.aborted) {
    say(`Interrupted after ${rows.length} of ${options.merges} merges; nothing was saved.`);
    return EXIT.interrupted;
  }
  if (rows.length < options.merges)
    say(`The history has ${rows.length} merges to replay, fewer than the ${options.merges} asked for.`);
  if (options.save) await saveResult(`history-${result.repository}`, pageOf(result), result);
  return figures.faults === 0 && rows.length > 0 ? EXIT.done : EXIT.failed;
}

function wishesFrom({ merges, keep }: Options, signal: AbortSignal): Wishes {
  return {
    merges,
    keep,
    programs: { callsheet: entryPoint('callsheet'), agent: join(PROJECT, 'bench/history/agent.sh') },
    signal,
    onRow: (row, done) => say(lineOf(row, done, merges)),
    onScratch: (scratch) => {
      if (keep) say(`The scratch repository stays: ${scratch.repository}`);
    },
  };
}

function lineOf(row: Row, done: number, of: number): string {
  const times = `${Math.round(row.runMs / 2)} ms a task, by hand ${Math.round(row.byHandMs / 2)} ms`;
  const faults = row.faults.map((fault) => `\n    ${fault}`).join('');
  return `${String(done).padStart(4)}/${of}  ${row.merge.slice(0, 10)}  ${row.outcome.padEnd(10)}  git: ${row.git.padEnd(8)}  ${times}${faults}`;
}

runProgram('bench:history', main);
