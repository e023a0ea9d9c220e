import { join } from 'node:path';
import { fillSheet } from './claim/fill.js';
import { fillBareQueue } from './claim/floor.js';
import { HELP, readOptions, type Options } from './claim/options.js';
import { linesOf, targetsOf, type Measured, type Races } from './claim/page.js';
import { runRace, type Race } from './claim/race.js';
import { race, type RaceOrder } from './claim/racer.js';
import { timeCalls } from './claim/sizes.js';
import { EXIT, runProgram, say } from './support/program.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';

/** More than processes can claim in the time. */
const TASKS_PER_SECOND = 60_000;
/** And before it, while they get warm. */
const TASKS_BEFORE = 120_000;

async function measure(options: Options, signal: AbortSignal): Promise<Measured> {
  const { sizes, rounds, processes, seconds } = options;
  return inFolder(async (folder) => {
    say(`Timing each call on sheets of ${sizes.join(', ')} tasks …`);
    const times = await timeCalls(folder, sizes, rounds, signal);
    say(`Claiming with 1 and with ${processes} processes, ${seconds} s each …`);
    return { sizes, times, races: await allRaces(folder, options, signal) };
  }, options.folder);
}

async function allRaces(folder: string, options: Options, signal: AbortSignal): Promise<Races> {
  const one = (what: RaceOrder['what'], processes: number): Promise<Race> =>
    oneRace(join(folder, `race-${what}-${processes}`), what, processes, options.seconds);
  const steps = {
    alone: () => one('claim', 1),
    together: () => one('claim', options.processes),
    bareAlone: () => one('bare', 1),
    bareTogether: () => one('bare', options.processes),
  };
  const races: Partial<Races> = {};
  for (const [name, step] of Object.entries(steps)) {
    if (signal.aborted) break;
    races[name as keyof Races] = await step();
  }
  return races as Races;
}

async function oneRace(
  folder: string,
  what: RaceOrder['what'],
  processes: number,
  seconds: number,
): Promise<Race> {
  const file = join(folder, 'sheet.db');
  const store = await fillSheet(file, what === 'claim' ? TASKS_BEFORE + TASKS_PER_SECOND * seconds : 0);
  await store.close();
  const bare = join(folder, 'bare.db');
  if (what === 'bare') fillBareQueue(bare, TASKS_BEFORE + TASKS_PER_SECOND * seconds * 2);
  const order: RaceOrder = { file: what === 'claim' ? file : bare, what, ms: seconds * 1000 };
  return runRace(process.argv[1] ?? '', order, processes);
}

const [role, order] = process.argv.slice(2);
if (role === 'racer' && order !== undefined) {
  runProgram('bench:claim', async () => {
    await race(JSON.parse(order) as RaceOrder);
    return EXIT.done;
  });
} else {
  runTargetBenchmark({
    ...{ name: 'claim', title: 'Claims and the other calls of every agent', help: HELP },
    ...{ readOptions, measure, targetsOf, linesOf },
    wordsOf: ({ sizes, processes, seconds, rounds }) => ({
      ...{ sizes: sizes.join(','), processes, seconds, rounds },
    }),
  });
}
