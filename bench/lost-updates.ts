import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hold, MODES, type Round } from './lost-updates/contest.js';
import { HELP, readOptions, type Options } from './lost-updates/options.js';
import { pageOf, sumUp, targetsOf, type Result } from './lost-updates/page.js';
import { surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { isMet, targetsText } from './support/targets.js';

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const where = await surroundings(PROJECT);
  const rounds = await allRounds(options, signal);
  if (signal.aborted) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  const { agents, cycles, files, seed } = options;
  const modes = sumUp(rounds);
  const result: Result = {
    command: `npm run bench:lost-updates -- --agents ${agents} --cycles ${cycles} --files ${files} --rounds ${options.rounds} --seed ${seed}`,
    ...{ surroundings: where, options, modes, rounds, targets: targetsOf(modes) },
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(result.targets)}\n`);
  if (options.save) await saveResult('lost-updates', pageOf(result), result);
  return result.targets.every(isMet) ? EXIT.done : EXIT.failed;
}

/** Every mode in turn, so that what slows the machine down slows all of them. */
async function allRounds({ rounds: many, seed, ...contest }: Options, signal: AbortSignal): Promise<Round[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-bench-'));
  const rounds: Round[] = [];
  try {
    for (let round = 0; round < many; round += 1)
      for (const mode of MODES) {
        if (signal.aborted) return rounds;
        rounds.push(await hold(folder, mode, { ...contest, seed: seed + round }, signal));
        const { made, refused, vanished, recoverable, ms } = rounds.at(-1) as Round;
        say(
          `${mode}: ${made} edits, ${refused} calls refused, ${vanished} vanished, ${recoverable} recoverable, ${Math.round(ms)} ms`,
        );
      }
    return rounds;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

runProgram('bench:lost-updates', main);
