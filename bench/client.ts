import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELP, readOptions } from './client/options.js';
import { measureRounds, type Added } from './client/rounds.js';
import { clientProgram } from './client/session.js';
import { surroundings, surroundingsLines, type Surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { rounded } from './support/statistics.js';
import { isMet, targetLines, targetsText, type Target } from './support/targets.js';

interface Result {
  command: string;
  surroundings: Surroundings;
  /** Processes that wanted a core in the minute before, and in the last one. */
  load: { before: number; after: number };
  added: Added[];
  targets: Target[];
}

/** Of any session, and of those that callsheet starts: both have the hooks of init. */
const LIMITS_MS = [
  { what: 'command hooks', limit: 20 },
  { what: 'command hooks of sessions that callsheet starts', limit: 10 },
];

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  clientProgram();
  const where = await surroundings(PROJECT);
  const before = load();
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-bench-'));
  try {
    const added = await measureRounds(folder, options, signal);
    if (signal.aborted) {
      say('Interrupted; nothing was saved.');
      return EXIT.interrupted;
    }
    const result: Result = {
      command: `npm run bench:client -- --rounds ${options.rounds} --calls ${options.calls}`,
      surroundings: where,
      load: { before, after: load() },
      added,
      targets: added.filter(({ way }) => way === 'command').flatMap(targetsOf),
    };
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(result.targets)}\n`);
    if (options.save) await saveResult('client', pageOf(result), result);
    return result.targets.every(isMet) ? EXIT.done : EXIT.failed;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
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

function pageOf({ surroundings: where, command, load: { before, after }, added, targets }: Result): string {
  return [
    '# What the hooks add to a tool call of the real Claude Code',
    '',
    ...surroundingsLines(where),
    `- command: \`${command}\``,
    `- load of the machine: ${before} before, ${after} at the end`,
    '',
    ...targetLines(targets),
    '',
    '| tool | hooks | calls | with `true` | with these | added (paired) |',
    '| --- | --- | --- | --- | --- | --- |',
    ...added.map(
      (each) =>
        `| ${each.tool} | ${each.way} | ${each.calls} | ${each.trueMs} ms | ${each.ms} ms | ${each.addedMs} ms |`,
    ),
    '',
  ].join('\n');
}

runProgram('bench:client', main);
