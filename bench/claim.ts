import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fillSheet } from './claim/fill.js';
import { fillBareQueue } from './claim/floor.js';
import { HELP, readOptions, type Options } from './claim/options.js';
import { pageOf, targetsOf, type Races, type Result } from './claim/page.js';
import { runRace, type Race } from './claim/race.js';
import { race, type RaceOrder } from './claim/racer.js';
import { timeCalls } from './claim/sizes.js';
import { surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { isMet, targetsText } from './support/targets.js';

/** More than processes can claim in the time. */
const TASKS_PER_SECOND = 60_000;
/** And before it, while they get warm. */
const TASKS_BEFORE = 120_000;

async function main(signal: AbortSignal): Promise<ExitCode> {
  const [role, order] = process.argv.slice(2);
  if (role === 'racer' && order !== undefined) {
    await race(JSON.parse(order) as RaceOrder);
    return EXIT.done;
  }
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const measured = await inScratch(options, signal);
  if (measured === undefined) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  process.stdout.write(options.json ? `${JSON.stringify(measured)}\n` : `${targetsText(measured.targets)}\n`);
  if (options.save) await saveResult('claim', pageOf(measured), measured);
  return measured.targets.every(isMet) ? EXIT.done : EXIT.failed;
}

async function inScratch(options: Options, signal: AbortSignal): Promise<Result | undefined> {
  const { sizes, rounds, processes, seconds } = options;
  const where = await surroundings(PROJECT);
  const folder = await mkdtemp(join(options.folder, 'callsheet-bench-'));
  try {
    say(`Timing each call on sheets of ${sizes.join(', ')} tasks …`);
    const times = await timeCalls(folder, sizes, rounds, signal);
    if (signal.aborted) return undefined;
    say(`Claiming with 1 and with ${processes} processes, ${seconds} s each …`);
    const races = await allRaces(folder, options, signal);
    if (races === undefined) return undefined;
    const command = `npm run bench:claim -- --sizes ${sizes.join(',')} --processes ${processes} --seconds ${seconds} --rounds ${rounds}`;
    return { command, surroundings: where, sizes, times, races, targets: targetsOf({ sizes, times, races }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function allRaces(folder: string, options: Options, signal: AbortSignal): Promise<Races | undefined> {
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
    if (signal.aborted) return undefined;
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

runProgram('bench:claim', main);
