import { rounded } from '../support/statistics.js';
import type { Target } from '../support/targets.js';
import { CALLS } from './calls.js';
import type { Race } from './race.js';
import { FLOOR, medianOf, type CallTime } from './sizes.js';

export interface Races {
  alone: Race;
  together: Race;
  bareAlone: Race;
  bareTogether: Race;
}

export interface Measured {
  sizes: number[];
  times: CallTime[];
  races: Races;
}

const MOST_GROWTH = 1.5;
const MOST_TIMES_UNCONTENDED = 3;
const LEAST_CLAIMS_PER_SECOND = 10_000;

export function targetsOf({ sizes, times, races }: Measured): Target[] {
  const [smallest = 0, largest = 0] = [Math.min(...sizes), Math.max(...sizes)];
  const growth = CALLS.map((call) => ({
    what: `${call}: ${largest.toLocaleString('en')} tasks over ${smallest.toLocaleString('en')}`,
    measured: medianOf(times, call, largest) / medianOf(times, call, smallest),
    ...{ limit: MOST_GROWTH, unit: ' times' },
  }));
  const all = Object.values(races) as Race[];
  const sum = (of: (race: Race) => number) => all.reduce((total, race) => total + of(race), 0);
  return [
    { what: 'tasks handed out twice', measured: sum((race) => race.doubleClaims), limit: 0, unit: '' },
    { what: 'claims unaccounted for', measured: sum((race) => race.unaccounted), limit: 0, unit: '' },
    {
      what: `claims a second, ${races.together.processes} processes`,
      measured: races.together.perSecond,
      ...{ limit: LEAST_CLAIMS_PER_SECOND, isAtLeast: true, unit: '/s' },
    },
    {
      what: 'lock with 500 held over one with none',
      measured: medianOf(times, 'lock, 500 held', largest) / medianOf(times, 'lock, nothing held', largest),
      ...{ limit: MOST_TIMES_UNCONTENDED, unit: ' times' },
    },
    ...growth,
  ];
}

/** What the result file says of them. */
export function linesOf({ sizes, times, races }: Measured): string[] {
  const heads = sizes.map((tasks) => `${tasks.toLocaleString('en')} tasks`);
  return [
    '## One call, median and 99th percentile, in µs',
    '',
    `| call | ${heads.join(' | ')} |`,
    `| --- | ${heads.map(() => '---').join(' | ')} |`,
    ...([...CALLS, FLOOR] as const).map(
      (call) => `| ${call} | ${sizes.map((tasks) => cell(times, call, tasks)).join(' | ')} |`,
    ),
    '',
    '## Processes that claim as fast as they can',
    '',
    '| claims by | processes | a second | processor time | slowest claim | fairness |',
    '| --- | --- | --- | --- | --- | --- |',
    ...raceLines('callsheet', [races.alone, races.together]),
    ...raceLines('four bare statements', [races.bareAlone, races.bareTogether]),
    '',
    `Of the bare rate callsheet reaches ${share(races.alone, races.bareAlone)} alone and ${share(races.together, races.bareTogether)} together.`,
  ];
}

function cell(times: readonly CallTime[], call: CallTime['call'], tasks: number): string {
  const found = times.find((each) => each.call === call && each.tasks === tasks);
  return found === undefined ? '' : `${found.medianUs}, ${found.p99Us}`;
}

function raceLines(who: string, races: readonly Race[]): string[] {
  return races.map(
    (race) =>
      `| ${who} | ${race.processes} | ${race.perSecond.toLocaleString('en')} | ${race.cpuUs} µs | ${race.worstMs} ms | ${race.fairness} |`,
  );
}

function share(race: Race, bare: Race): number {
  return rounded(race.perSecond / bare.perSecond);
}
