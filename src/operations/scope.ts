import { findRuns, type Run } from '../run/index.js';
import type { Reader } from '../store/index.js';

/** The runs that matter now: those that can go on, and the newest. Oldest first. */
export async function runsOfNow(reader: Reader): Promise<Run[]> {
  const runs = await findRuns(reader);
  const newest = runs.at(-1);
  return runs.filter((run) => run === newest || (run.state !== 'finished' && run.state !== 'failed'));
}
