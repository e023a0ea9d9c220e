import { basename, join, resolve } from 'node:path';
import { entryPoint } from '../src/process/index.js';
import { BATCH_SIZE, FEWEST_EDGES, measure, sample, type Row } from './makespan/benchmark.js';
import { faultOf, figuresOf } from './makespan/figures.js';
import { fileSetsOf } from './makespan/file-sets.js';
import { HELP, readOptions, type Options } from './makespan/options.js';
import { figuresText, pageOf, type Result } from './makespan/page.js';
import { batchesOf, readWorkloads } from './makespan/workloads.js';
import { surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const { graphs, agentSeconds } = readWorkloads(options.workloads);
  const fileSets = options.repo === undefined ? [] : await fileSetsOf(options.repo);
  const where = await surroundings(PROJECT);
  const cut = { size: BATCH_SIZE, fewestEdges: FEWEST_EDGES, most: options.batches };
  const { batches, leftOut } = batchesOf(graphs, cut);
  const wishes = { batches, agentSeconds, fileSets, draws: options.draws, seed: options.seed, signal };
  const rows = await measure({ ...wishes, onRow: (row, done, of) => say(lineOf(row, done, of)) });
  if (options.real && !signal.aborted) say('The same in real time, one batch; its agents sleep.');
  const programs = { callsheet: entryPoint('callsheet'), agent: join(PROJECT, 'bench/makespan/agent.sh') };
  const sampled = options.real && !signal.aborted ? await sample(wishes, programs) : [];
  const result: Result = {
    command: commandOf(options),
    surroundings: where,
    workloads: graphs.map((graph) => graph.name),
    ...(options.repo === undefined ? {} : { repository: nameOf(options.repo) }),
    ...{ leftOut, figures: figuresOf(rows), sample: sampled, rows },
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `\n${figuresText(result)}\n`);
  if (signal.aborted) {
    say(`Interrupted after ${rows.length} runs; nothing was saved.`);
    return EXIT.interrupted;
  }
  if (batches.length < options.batches)
    say(`The graphs have ${batches.length} batches to run, fewer than the ${options.batches} asked for.`);
  if (options.save) await saveResult('makespan', pageOf(result), result);
  const isSound =
    rows.every((row) => faultOf(row) === undefined) && sampled.every((row) => row.trouble === undefined);
  return isSound && rows.length > 0 ? EXIT.done : EXIT.failed;
}

function lineOf(row: Row, done: number, of: number): string {
  const ratios = `${(row.simulatedMs / row.boundMs).toFixed(3)} of the bound, best known ${(row.bestMs / row.boundMs).toFixed(3)}`;
  const fault = faultOf(row);
  return `${String(done).padStart(4)}/${of}  ${row.part.padEnd(5)}  ${row.batch.padEnd(12)}  ${row.workers} workers  ${ratios}${fault === undefined ? '' : `\n    ${fault}`}`;
}

function commandOf({ workloads, repo, batches, draws, seed, real }: Options): string {
  const words = ['--workloads', basename(workloads), ...(repo === undefined ? [] : ['--repo', nameOf(repo)])];
  if (batches !== 20) words.push('--batches', String(batches));
  if (draws !== 1) words.push('--draws', String(draws));
  if (seed !== 1) words.push('--seed', String(seed));
  if (!real) words.push('--no-real');
  return `npm run bench:makespan -- ${words.join(' ')}`;
}

/** What a folder is called, without `.git`. */
function nameOf(repo: string): string {
  return basename(resolve(repo).replace(/\/?\.git$/, ''));
}

runProgram('bench:makespan', main);
