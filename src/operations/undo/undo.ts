import { usageError } from '../../error/index.js';
import { findSnapshots, type Snapshot } from '../../snapshot/index.js';
import { defined } from '../../store/index.js';
import { requireTask } from '../../task/index.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { agreeToGitPrograms, YES } from '../run/index.js';
import { describeSnapshot, listSnapshots } from './describe.js';
import { restoreFiles } from './restore-files.js';
import { restoreInto } from './restore-into.js';
import { showUndo } from './show-undo.js';

export const undo = defineOperation({
  name: 'undo',
  rights: LEADERS,
  help: 'List snapshots, look into one, or bring files back from it',
  examples: ['callsheet undo', 'callsheet undo s-3 --to ../before', 'callsheet undo s-3 --file src/app.js'],
  input: {
    snapshot: {
      kind: 'name',
      positional: true,
      placeholder: 'SNAPSHOT',
      help: 'A snapshot; without one they are listed',
    },
    to: { kind: 'text', placeholder: 'DIR', help: 'Write its files into a new or empty folder' },
    file: { kind: 'path', many: true, help: 'Only this file; without --to it is put back into the checkout' },
    task: { kind: 'name', placeholder: 'ID', help: 'List only the snapshots of this task' },
    force: { kind: 'flag', help: 'Put it back although the file has changes; the checkout is saved before' },
    yes: YES,
  },
  async run(context, input) {
    if (input.task !== undefined) await requireTask(context.sheet.store, input.task);
    if (input.snapshot === undefined) return listSnapshots(context, defined({ taskId: input.task }));
    const snapshot = await requireSnapshot(context, input.snapshot);
    if (input.to !== undefined || input.file.length > 0) await agreeToGitPrograms(context, input.yes);
    if (input.to !== undefined) return restoreInto(context, snapshot, input.to, input.file);
    if (input.file.length > 0) return restoreFiles(context, snapshot, input.file, input.force);
    return describeSnapshot(context, snapshot);
  },
  show: showUndo,
});

async function requireSnapshot({ sheet }: Context, id: string): Promise<Snapshot> {
  const [snapshot] = await findSnapshots(sheet.store, { id });
  if (snapshot !== undefined) return snapshot;
  throw usageError(
    'SNAPSHOT_UNKNOWN',
    `There is no snapshot “${id}” in this sheet. Nothing was written.`,
    'See the snapshots: callsheet undo',
  );
}
