import { requireRun } from '../../run/index.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { followRun } from './follow.js';
import { reportOf, exitOf } from './pursue.js';
import { newestOr } from './report.js';
import { reportText } from './report-text.js';

export const watch = defineOperation({
  name: 'watch',
  rights: EVERYBODY,
  help: 'Follow a run from another terminal until it ends',
  input: { run: { kind: 'text', positional: true, help: 'The run; default the newest', placeholder: 'RUN' } },
  async run(context, input) {
    const run = await newestOr(context, input.run);
    context.emit({ callsheet: 'watch', version: 1, run: run.id });
    const follower = await followRun(context, run.id, { since: 0 });
    try {
      await untilOver(context, run.id);
    } finally {
      await follower.stop();
    }
    return reportOf(context, await requireRun(context.sheet.store, run.id));
  },
  show: reportText,
  exit: exitOf,
});

async function untilOver({ sheet, signal }: Context, runId: string): Promise<void> {
  const { store } = sheet;
  while (!signal.aborted && (await requireRun(store, runId)).state === 'running') {
    await new Promise<void>((wake) => {
      const unwatch = store.watch(done);
      signal.addEventListener('abort', done);
      function done(): void {
        unwatch();
        signal.removeEventListener('abort', done);
        wake();
      }
    });
  }
}
