import type { LandedInto } from '../../landing/index.js';
import type { Site } from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { noteLandedFiles } from './note-landed.js';

/** Has live sessions told of what a run has brought into the checkout in which they work. */
export async function noteLandedRun(
  context: Context,
  { repository, store, run }: Site,
  { commit, moved }: LandedInto,
): Promise<void> {
  if (moved === undefined) return;
  const { findLandings } = await import('../../landing/index.js');
  const landings = await findLandings(store, { runId: run.id, states: ['landed'] });
  await noteLandedFiles(context, { repository, ...moved, to: commit }, landings);
}
