import { requireRun } from '../../run/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { engineOf, untilNoEngine } from './engine.js';
import { followRun } from './follow.js';
import { reportOf, exitOf } from './pursue.js';
import { newestOr } from './report.js';
import { reportText } from './report-text.js';
import { tell } from './tell.js';

export const watch = defineOperation({
  name: 'watch',
  rights: EVERYBODY,
  help: 'Follow a run from another terminal until it ends; leaving it (Ctrl-C) leaves the run alone',
  examples: ['callsheet watch', 'callsheet watch run-2 --json'],
  input: { run: { kind: 'name', positional: true, help: 'The run; default the newest', placeholder: 'RUN' } },
  async run(context, input) {
    const { store } = context.sheet;
    const { id, state } = await newestOr(context, input.run);
    context.emit({ callsheet: 'watch', version: 1, run: id });
    const follower = await followRun(context, id, { since: 0 });
    try {
      await untilNoEngine(store, id, context.signal);
    } finally {
      await follower.stop();
    }
    const run = await requireRun(store, id);
    if (state === 'running' && run.state === 'running' && engineOf(run) === undefined) {
      tell(context, `No process works on ${id}: its engine was killed. Carry on: callsheet resume ${id}`);
    }
    return reportOf(context, run);
  },
  show: reportText,
  exit: exitOf,
});
