import { CallsheetError } from '../../error/index.js';
import { newestRun, requireRun, type Run } from '../../run/index.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { reportOf } from './pursue.js';
import { reportText } from './report-text.js';

export const report = defineOperation({
  name: 'report',
  rights: EVERYBODY,
  help: 'What a run came to: per task what was done, by whom, attempts, commit and evidence; what is left and why',
  examples: ['callsheet report', 'callsheet report run-2 --markdown > REPORT.md'],
  input: {
    run: { kind: 'name', positional: true, help: 'The run; default the newest', placeholder: 'RUN' },
    markdown: { kind: 'flag', help: 'As Markdown' },
  },
  async run(context, input) {
    const made = await reportOf(context, await newestOr(context, input.run));
    const { reportAsMarkdown } = await import('../../supervisor/index.js');
    return input.markdown ? { ...made, markdown: reportAsMarkdown(made) } : made;
  },
  show: (output) => ('markdown' in output ? output.markdown : reportText(output)),
});

/** @throws {CallsheetError} `NO_RUN`. */
export async function newestOr({ sheet }: Context, id: string | undefined): Promise<Run> {
  if (id !== undefined) return requireRun(sheet.store, id);
  const run = await newestRun(sheet.store);
  if (run !== undefined) return run;
  throw new CallsheetError('NO_RUN', 'There has been no run in this repository.', {
    hint: 'Start one: callsheet run --plan FILE',
  });
}
