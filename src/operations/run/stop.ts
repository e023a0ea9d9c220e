import { CallsheetError } from '../../error/index.js';
import { isAlive } from '../../process/index.js';
import { newestRun, requireRun, type Run } from '../../run/index.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';

export const stop = defineOperation({
  name: 'stop',
  rights: LEADERS,
  help: 'Stop a run: its agents are ended, their work is saved, and it can be resumed',
  input: { run: { kind: 'text', positional: true, help: 'The run; default the one that is worked on', placeholder: 'RUN' } },
  async run(context, input) {
    const { store } = context.sheet;
    const run = input.run === undefined ? await newestRun(store, ['running']) : await requireRun(store, input.run);
    const engine = engineOf(run);
    if (run === undefined || engine === undefined) {
      throw new CallsheetError('NOT_RUNNING', `${run === undefined ? 'No run' : `Run ${run.id}`} is being worked on. Nothing was stopped.`, {
        hint: run?.state === 'running' ? `Its engine has died; carry on with: callsheet resume ${run.id}` : 'See: callsheet status',
      });
    }
    process.kill(engine.pid, 'SIGINT');
    context.say(`Stopping ${run.id} (process ${engine.pid}) …`);
    const state = await untilEnded(context, run.id, engine);
    return { run: run.id, state };
  },
  show: ({ run, state }) => `${run} is ${state}. Carry on: callsheet resume ${run}`,
});

function engineOf(run: Run | undefined): { pid: number; startedAt: string } | undefined {
  if (run?.state !== 'running' || run.enginePid === undefined || run.enginePidStartedAt === undefined) return undefined;
  const engine = { pid: run.enginePid, startedAt: run.enginePidStartedAt };
  return isAlive(engine) ? engine : undefined;
}

/** Woken by commits; looks once a second besides, since a dying engine commits nothing. */
async function untilEnded(context: Context, runId: string, engine: { pid: number; startedAt: string }): Promise<string> {
  const { store } = context.sheet;
  for (;;) {
    const run = await requireRun(store, runId);
    if (run.state !== 'running' || !isAlive(engine) || context.signal.aborted) return run.state;
    await new Promise<void>((wake) => {
      const timer = setTimeout(done, 1_000);
      const unwatch = store.watch(done);
      function done(): void {
        clearTimeout(timer);
        unwatch();
        wake();
      }
    });
  }
}
