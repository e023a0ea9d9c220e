import { hold, MODES, type Round } from './lost-updates/contest.js';
import { HELP, readOptions, type Options } from './lost-updates/options.js';
import { linesOf, sumUp, targetsOf, type Measured } from './lost-updates/page.js';
import { say } from './support/program.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';

/** Every mode in turn, so that what slows the machine down slows all of them. */
async function measure(options: Options, signal: AbortSignal): Promise<Measured> {
  const { rounds: many, seed, ...contest } = options;
  return inFolder(async (folder) => {
    const rounds: Round[] = [];
    for (let round = 0; round < many; round += 1)
      for (const mode of MODES) {
        if (signal.aborted) break;
        const held = await hold(folder, mode, { ...contest, seed: seed + round }, signal);
        rounds.push(held);
        const { made, refused, vanished, recoverable, ms } = held;
        say(
          `${mode}: ${made} edits, ${refused} calls refused, ${vanished} vanished, ${recoverable} recoverable, ${Math.round(ms)} ms`,
        );
      }
    return { options, modes: sumUp(rounds), rounds };
  });
}

runTargetBenchmark({
  ...{ name: 'lost-updates', title: 'Edits that vanish', help: HELP },
  ...{ readOptions, measure, linesOf },
  wordsOf: ({ agents, cycles, files, rounds, seed }) => ({ agents, cycles, files, rounds, seed }),
  targetsOf: ({ modes }) => targetsOf(modes),
});
