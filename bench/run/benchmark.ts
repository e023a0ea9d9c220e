import { countProcesses, type Counted } from './count.js';
import { faultsOf, gateRuns, landByCallsheet, landByHand, type Programs, type Work } from './contest.js';
import type { Options } from './options.js';
import type { Place } from './place.js';

/** Both sides, once. */
export interface Round {
  callsheetMs: number;
  byHandMs: number;
}

export interface Case {
  files: number;
  rounds: Round[];
}

/** A run with a gate of a second. */
export interface Gated {
  ms: number;
  /** Gates that were run, that of the base among them. */
  gates: number;
}

export interface Measured {
  processes?: Counted;
  cases: Case[];
  gated?: Gated;
  faults: string[];
}

type Wishes = Pick<Options, 'tasks' | 'workers' | 'rounds' | 'files' | 'gate'> & {
  programs: Programs;
  /** Tasks of the two runs in which processes are counted. */
  counted: readonly [number, number];
  signal: AbortSignal;
  say: (line: string) => void;
};

/** Measures what is asked for, until it is interrupted. */
export async function measureRuns(place: Place, wishes: Wishes): Promise<Measured> {
  const { signal, programs } = wishes;
  const measured: Measured = { cases: [], faults: [] };
  const counted = await countProcesses(place, programs, signal, wishes.counted);
  if (signal.aborted) return measured;
  measured.processes = counted;
  measured.faults.push(...counted.faults);
  for (const files of wishes.files) {
    const found: Case = { files, rounds: [] };
    measured.cases.push(found);
    for (let number = 1; number <= wishes.rounds; number += 1) {
      const round = await measureRound(place, wishes, files, number, measured.faults);
      if (round === undefined) return measured;
      found.rounds.push(round);
    }
  }
  if (wishes.gate) {
    const gated = await measureGated(place, wishes, measured.faults);
    if (gated !== undefined) measured.gated = gated;
  }
  return measured;
}

async function measureRound(
  place: Place,
  wishes: Wishes,
  files: number,
  number: number,
  faults: string[],
): Promise<Round | undefined> {
  const side = async (branch: string, land: typeof landByHand): Promise<number> => {
    const work = await workIn(place, wishes, files);
    const took = await land(work);
    if (!wishes.signal.aborted) faults.push(...(await faultsOf(work, branch, took)));
    return took.ms;
  };
  const byHand = () => side('by-hand/main', landByHand);
  const byCallsheet = () => side('callsheet/run-1/main', landByCallsheet);
  // They take turns in being first.
  const early = number % 2 === 0 ? await byHand() : undefined;
  const callsheetMs = await byCallsheet();
  const byHandMs = early ?? (await byHand());
  if (wishes.signal.aborted) return undefined;
  const ratio = (callsheetMs / byHandMs).toFixed(2);
  wishes.say(
    `${files} files, round ${number}: ${Math.round(callsheetMs)} ms, by hand ${Math.round(byHandMs)} ms, ratio ${ratio}`,
  );
  return { callsheetMs, byHandMs };
}

async function measureGated(place: Place, wishes: Wishes, faults: string[]): Promise<Gated | undefined> {
  const work = await workIn(place, wishes, Math.min(...wishes.files), 'sleep 1');
  const took = await landByCallsheet(work);
  if (wishes.signal.aborted) return undefined;
  faults.push(...(await faultsOf(work, 'callsheet/run-1/main', took)));
  const gates = await gateRuns(work);
  wishes.say(`with a gate of 1 s: ${Math.round(took.ms)} ms, ${gates} gates`);
  return { ms: took.ms, gates };
}

async function workIn(place: Place, wishes: Wishes, files: number, gate?: string): Promise<Work> {
  const { tasks, workers, programs, signal } = wishes;
  return {
    repository: await place.repository(files),
    plan: await place.plan(tasks, gate),
    ...{ tasks, workers, programs, signal },
  };
}
