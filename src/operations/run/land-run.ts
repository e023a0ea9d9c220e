import { CallsheetError } from '../../error/index.js';
import { cleanEnvironment } from '../../process/index.js';
import { endEngine } from '../../run/index.js';
import type { Context } from '../operation.js';
import { engineOf } from './engine.js';
import { agreeToGitPrograms } from './git-programs.js';
import { noteLandedRun } from './note-landed-run.js';
import { newestOr } from './report.js';

/**
 * Brings a run's work to a branch.
 * @throws {CallsheetError} `ENGINE_RUNNING`, `NO_RUN`, `RUN_UNKNOWN`, and those of landing into a branch.
 */
export async function landRun(context: Context, input: { run?: string; into?: string; yes: boolean }) {
  const { landInto, openLane } = await import('../../landing/index.js');
  const { removeEmptyFolders, takeOver } = await import('../../supervisor/index.js');
  const run = await newestOr(context, input.run);
  const engine = engineOf(run);
  if (engine !== undefined) {
    throw new CallsheetError(
      'ENGINE_RUNNING',
      `Run ${run.id} is still being worked on by process ${engine.pid}. Nothing was moved.`,
      { hint: `Wait for it (callsheet watch), or stop it: callsheet stop ${run.id}` },
    );
  }
  await agreeToGitPrograms(context, input.yes);
  const repository = await context.repository();
  const { endLeftSessions } = await import('./turn.js');
  await endLeftSessions(context, repository);
  const { store, folder } = context.sheet;
  const site = {
    store,
    repository,
    run,
    sheetFolder: folder,
    env: cleanEnvironment(process.env, { repositoryRoot: repository.root }),
  };
  // Two that land, or one beside an engine, would reset each other's gate workspace.
  const taken = await takeOver(store, run.id);
  const lane = openLane(site);
  try {
    const branch = input.into ?? run.options.into ?? run.baseBranch;
    const landed = await landInto(site, lane, branch, context.signal);
    await noteLandedRun(context, site, landed);
    const { commit, wasThere } = landed;
    return { run: run.id, state: run.state, branch, commit, wasThere };
  } finally {
    await lane.close();
    removeEmptyFolders(site);
    const state = run.state === 'running' ? 'stopped' : run.state;
    await store.transaction((tx) => endEngine(tx, taken, state, run.reason));
  }
}
