import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { entryPoint } from '../src/process/index.js';
import { replayHistory, type Wishes } from './history/benchmark.js';
import type { Row } from './history/compare.js';
import { surroundings } from './history/machine.js';
import { HELP, readOptions, UsageError, type Options } from './history/options.js';
import { figuresText, pageOf, type Result } from './history/page.js';
import { openSource } from './history/source.js';

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 };

// The bundle lies in dist/bench.
const PROJECT = resolve(import.meta.dirname, '../..');

const interruption = new AbortController();

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const source = await openSource(options.repo, options.name);
  const where = await surroundings(PROJECT);
  say(`Replaying ${source.name}; each merge is one run with two tasks.`);
  const { rows, figures } = await replayHistory(source, wishesFrom(options));
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
  if (interruption.signal.aborted) {
    say(`Interrupted after ${rows.length} of ${options.merges} merges; nothing was saved.`);
    return EXIT.interrupted;
  }
  if (rows.length < options.merges)
    say(`The history has ${rows.length} merges to replay, fewer than the ${options.merges} asked for.`);
  if (options.save) await save(result);
  return figures.faults === 0 && rows.length > 0 ? EXIT.done : EXIT.failed;
}

function wishesFrom({ merges, keep }: Options): Wishes {
  return {
    merges,
    keep,
    programs: { callsheet: entryPoint('callsheet'), agent: join(PROJECT, 'bench/history/agent.sh') },
    signal: interruption.signal,
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

async function save(result: Result): Promise<void> {
  const folder = join(PROJECT, 'bench/results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `history-${result.repository}`);
  await writeFile(`${file}.md`, pageOf(result));
  await writeFile(`${file}.json`, `${JSON.stringify(result, null, 1)}\n`);
  say(`Saved in bench/results/history-${result.repository}.md and .json`);
}

// The first interruption lets the run under way end cleanly, the second one ends at once.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof UsageError;
    say(
      isUsage
        ? `${error.message}\nSee: npm run bench:history -- --help`
        : `The benchmark failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
  },
);
