import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Telling } from './arguments.js';
import { surroundings, surroundingsLines, type Surroundings } from './machine.js';
import { EXIT, runProgram, say, type ExitCode } from './program.js';
import { PROJECT, saveResult } from './results.js';
import { isMet, targetLines, targetsText, type Target } from './targets.js';

/** A benchmark whose figures are held against targets. */
export interface TargetBenchmark<Options extends Telling, Measured extends object> {
  /** As in `npm run bench:NAME`, and of its result files. */
  name: string;
  help: string;
  /** @returns Undefined when help is asked for. @throws {UsageError} */
  readOptions: (args: string[]) => Options | undefined;
  /** The options that make it measure the same again. */
  wordsOf: (options: Options) => Record<string, string | number>;
  /** Ends early when `signal` is aborted; what it answers then is not looked at. */
  measure: (options: Options, signal: AbortSignal) => Promise<Measured>;
  targetsOf: (measured: Measured, options: Options) => Target[];
  /** Of the page. */
  title: string;
  /** More that it says of where and how it was measured. */
  factsOf?: (measured: Measured) => string[];
  /** What the page says below the targets. */
  linesOf: (measured: Measured, options: Options) => string[];
}

/** Runs it as a program: its result on stdout, and in its files. Ends with 1 when a target is missed. */
export function runTargetBenchmark<Options extends Telling, Measured extends object>(
  benchmark: TargetBenchmark<Options, Measured>,
): void {
  runProgram(`bench:${benchmark.name}`, (signal) => main(benchmark, signal));
}

async function main<Options extends Telling, Measured extends object>(
  benchmark: TargetBenchmark<Options, Measured>,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { name, help, readOptions, wordsOf, measure, targetsOf } = benchmark;
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(help);
    return EXIT.done;
  }
  const where = await surroundings(PROJECT);
  const measured = await measure(options, signal);
  if (signal.aborted) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  const words = Object.entries(wordsOf(options)).map(([word, value]) => `--${word} ${value}`);
  const command = `npm run bench:${name} -- ${words.join(' ')}`;
  const targets = targetsOf(measured, options);
  const result = { command, surroundings: where, ...measured, targets };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(targets)}\n`);
  if (options.save)
    await saveResult(name, pageOf(benchmark, { command, where, targets, measured, options }), result);
  return targets.every(isMet) ? EXIT.done : EXIT.failed;
}

interface Found<Options, Measured> {
  command: string;
  where: Surroundings;
  targets: Target[];
  measured: Measured;
  options: Options;
}

function pageOf<Options extends Telling, Measured extends object>(
  { title, factsOf, linesOf }: TargetBenchmark<Options, Measured>,
  { command, where, targets, measured, options }: Found<Options, Measured>,
): string {
  return [
    `# ${title}`,
    '',
    ...surroundingsLines(where),
    `- command: \`${command}\``,
    ...(factsOf?.(measured) ?? []),
    '',
    ...targetLines(targets),
    '',
    ...linesOf(measured, options),
    '',
  ].join('\n');
}

/** A folder of its own, below this one, that is removed when the work has ended. */
export async function inFolder<Result>(
  work: (folder: string) => Promise<Result>,
  below = tmpdir(),
): Promise<Result> {
  const folder = await realpath(await mkdtemp(join(below, 'callsheet-bench-')));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
