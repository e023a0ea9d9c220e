import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { faultsOf, landByCallsheet, landByHand, type Programs, type Took, type Work } from './contest.js';
import type { Place } from './place.js';

/** Processes of git that are started, without those that git starts itself. */
export interface Processes {
  /** How many more it are with one task more. */
  perTask: number;
  /** What a run of no task would take. */
  fixed: number;
}

export interface Counted {
  callsheet: Processes;
  byHand: Processes;
  faults: string[];
}

/** Counts the processes of git of runs of two lengths, by a `git` on the PATH that writes itself down. */
export async function countProcesses(
  place: Place,
  programs: Programs,
  signal: AbortSignal,
  lengths: readonly [number, number],
): Promise<Counted> {
  const faults: string[] = [];
  const counter = await installCounter(join(place.folder, 'counter'));
  const measure = async (branch: string, land: (work: Work) => Promise<Took>): Promise<Processes> => {
    const counts: number[] = [];
    for (const tasks of lengths) {
      const repository = await place.repository(30);
      const work = { repository, plan: await place.plan(tasks), tasks, workers: 4, programs, signal };
      await counter.reset();
      const took = await land({ ...work, env: counter.env });
      counts.push(await counter.read());
      faults.push(...(await faultsOf(work, branch, took)));
    }
    const [few = 0, many = 0] = counts;
    const perTask = (many - few) / (lengths[1] - lengths[0]);
    return { perTask, fixed: few - perTask * lengths[0] };
  };
  return {
    callsheet: await measure('callsheet/run-1/main', landByCallsheet),
    byHand: await measure('by-hand/main', landByHand),
    faults,
  };
}

async function installCounter(folder: string) {
  const [log, file] = [join(folder, 'log'), join(folder, 'git')];
  await mkdir(folder, { recursive: true });
  // One write of a few bytes: lines of processes at the same time do not mix.
  await writeFile(file, `#!/bin/sh\necho . >>'${log}'\nexec '${programOnPath('git')}' "$@"\n`);
  await chmod(file, 0o755);
  return {
    env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    reset: () => rm(log, { force: true }),
    read: async () => (await readFile(log, 'utf8')).split('\n').length - 1,
  };
}

function programOnPath(name: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = places.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
  if (found === undefined) throw new Error(`${name} is not on the PATH`);
  return found;
}
