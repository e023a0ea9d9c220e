import { CallsheetError } from '../../error/index.js';
import { changeOptions, newestRun } from '../../run/index.js';
import { defineOperation, LEADERS } from '../operation.js';
import { engineOf } from './engine.js';

export const workers = defineOperation({
  name: 'workers',
  rights: LEADERS,
  help: 'Change how many agents work at once on the run that goes on; those at work finish their task',
  examples: ['callsheet workers 5', 'callsheet workers 0'],
  input: {
    count: {
      kind: 'integer',
      positional: true,
      required: true,
      min: 0,
      max: 64,
      help: 'How many; with 0 nothing new begins, and the run waits when what is under way has ended',
      placeholder: 'N',
    },
  },
  async run({ sheet }, input) {
    const run = await newestRun(sheet.store, ['running']);
    if (run === undefined || engineOf(run) === undefined) {
      throw new CallsheetError('NOT_RUNNING', 'No run is being worked on. Nothing was changed.', {
        hint: 'Carry one on with another number: callsheet resume -w N',
      });
    }
    await sheet.store.transaction((tx) => changeOptions(tx, run.id, { workers: input.count }));
    return { run: run.id, workers: input.count };
  },
  show: ({ run, workers: count }) => `${run} works with ${count} at once from now on.`,
});
