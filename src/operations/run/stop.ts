import { CallsheetError, errorCode } from '../../error/index.js';
import { newestRun, requireRun, type Run } from '../../run/index.js';
import { defineOperation, LEADERS } from '../operation.js';
import { engineOf, untilNoEngine } from './engine.js';
import { tell } from './tell.js';

export const stop = defineOperation({
  name: 'stop',
  rights: LEADERS,
  help: 'Stop a run: its agents are ended, their work is saved, and it can be resumed',
  examples: ['callsheet stop', 'callsheet stop run-2'],
  input: {
    run: {
      kind: 'name',
      positional: true,
      help: 'The run; default the one that is worked on',
      placeholder: 'RUN',
    },
  },
  async run(context, input) {
    const { store } = context.sheet;
    const run =
      input.run === undefined ? await newestRun(store, ['running']) : await requireRun(store, input.run);
    const engine = engineOf(run);
    if (run === undefined || engine === undefined) throw notRunning(run);
    interrupt(engine.pid);
    tell(context, `Stopping ${run.id} (process ${engine.pid}) …`);
    await untilNoEngine(store, run.id, context.signal);
    const { state } = await requireRun(store, run.id);
    return { run: run.id, state };
  },
  show({ run, state }) {
    if (state === 'finished') return `${run} was finished before it could be stopped.`;
    return state === 'running'
      ? `${run} is still being stopped.`
      : `${run} is ${state}. Carry on: callsheet resume ${run}`;
  },
});

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    // It has ended in this very moment.
    if (errorCode(error) === 'ESRCH') return;
    if (errorCode(error) !== 'EPERM') throw error;
    throw new CallsheetError(
      'NOT_YOURS',
      `Process ${pid}, which works on the run, belongs to another user. Nothing was stopped.`,
      { hint: 'Ask them to stop it: Ctrl-C in its terminal' },
    );
  }
}

function notRunning(run: Run | undefined): CallsheetError {
  const what =
    run === undefined
      ? 'No run is being worked on.'
      : `Nobody works on ${run.id}; it is ${run.state === 'running' ? 'without an engine, which was killed' : run.state}.`;
  return new CallsheetError('NOT_RUNNING', `${what} Nothing was stopped.`, {
    hint: run?.state === 'running' ? `Carry on: callsheet resume ${run.id}` : 'See: callsheet status',
  });
}
