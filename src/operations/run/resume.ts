import { driverFor } from '../../driver/index.js';
import { CallsheetError } from '../../error/index.js';
import { cleanEnvironment, holdYoungGeneration } from '../../process/index.js';
import { newestRun, requireRun, type Run } from '../../run/index.js';
import { defined } from '../../store/index.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { YES } from './consent.js';
import { agreeToGitPrograms } from './git-programs.js';
import { exitOf, pursueAndShow } from './pursue.js';
import { reportText } from './report-text.js';

export const resume = defineOperation({
  name: 'resume',
  rights: LEADERS,
  help: 'Carry on a run that was stopped, killed, or waited for a person',
  examples: ['callsheet resume', 'callsheet resume run-3 -w 5'],
  input: {
    run: {
      kind: 'name',
      positional: true,
      help: 'The run; default the newest that is not finished',
      placeholder: 'RUN',
    },
    workers: {
      kind: 'integer',
      short: 'w',
      min: 1,
      max: 64,
      help: 'How many agents at once from now on',
      placeholder: 'N',
    },
    agent: { kind: 'text', help: 'How an agent is run from now on', placeholder: 'DRIVER' },
    yes: YES,
  },
  async run(context, input) {
    holdYoungGeneration();
    const { lastingAgent, markAsEngine, recover, takeOver } = await import('../../supervisor/index.js');
    const { store, folder } = context.sheet;
    const wanted = await runToResume(context, input.run);
    const agent = lastingAgent(input.agent ?? wanted.options.agent, context.cwd);
    const driver = driverFor(agent, { folder: context.cwd });
    const problem = await driver.check();
    if (problem !== undefined)
      throw new CallsheetError('AGENT_UNUSABLE', `${problem.message} Nothing was started.`, {
        hint: problem.hint,
      });
    markAsEngine({ run: wanted });
    await agreeToGitPrograms(context, input.yes);
    const changes = defined({ agent: input.agent === undefined ? undefined : agent, workers: input.workers });
    const run = await takeOver(store, wanted.id, changes);
    const repository = await context.repository();
    const { endLeftSessions } = await import('./turn.js');
    await endLeftSessions(context, repository);
    const site = {
      store,
      repository,
      run,
      sheetFolder: folder,
      env: cleanEnvironment(process.env, { repositoryRoot: repository.root }),
    };
    await recover(site);
    return pursueAndShow(context, site, driver);
  },
  show: reportText,
  exit: exitOf,
});

async function runToResume(context: Context, id: string | undefined): Promise<Run> {
  const { store } = context.sheet;
  const run =
    id === undefined
      ? await newestRun(store, ['running', 'stopped', 'waiting', 'failed'])
      : await requireRun(store, id);
  if (run === undefined) {
    throw new CallsheetError('NOTHING_TO_RESUME', 'No run is unfinished. Nothing was started.', {
      hint: 'Start one: callsheet run --plan FILE',
    });
  }
  return run;
}
