import { CallsheetError } from '../../error/index.js';
import { cleanEnvironment } from '../../process/index.js';
import { endEngine } from '../../run/index.js';
import { defineOperation, LEADERS } from '../operation.js';
import { YES } from './consent.js';
import { engineOf } from './engine.js';
import { agreeToGitPrograms } from './git-programs.js';
import { noteLandedFiles } from './note-landed.js';
import { newestOr } from './report.js';

export const land = defineOperation({
  name: 'land',
  rights: LEADERS,
  help: "Bring a run's work to a branch: fast-forward only, after merging and testing what moved meanwhile",
  examples: ['callsheet land --into main', 'callsheet land run-2'],
  input: {
    run: { kind: 'name', positional: true, help: 'The run; default the newest', placeholder: 'RUN' },
    into: {
      kind: 'name',
      help: 'The branch; default what the run said, else the one that it began from',
      placeholder: 'BRANCH',
    },
    yes: YES,
  },
  async run(context, input) {
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
      await noteLandedFiles(context, site, landed);
      const { commit, wasThere } = landed;
      return { run: run.id, state: run.state, branch, commit, wasThere };
    } finally {
      await lane.close();
      removeEmptyFolders(site);
      const state = run.state === 'running' ? 'stopped' : run.state;
      await store.transaction((tx) => endEngine(tx, taken, state, run.reason));
    }
  },
  show: ({ run, state, branch, commit, wasThere }) => {
    const what = state === 'finished' ? `all of ${run}` : `what ${run} (${state}) has landed so far`;
    return wasThere
      ? `${branch} has ${what} already (${commit.slice(0, 10)}).`
      : `${branch} is at ${commit.slice(0, 10)} and has ${what}.`;
  },
});
