import { pruneBlobs, type Pruned } from '../../blob/index.js';
import { pruneSnapshots } from '../../guard/index.js';
import { findRuns, requireRun } from '../../run/index.js';
import { defineOperation, LEADERS } from '../operation.js';
import { agreeToGitPrograms, YES } from '../run/index.js';
import { forgetOldRecords, type Forgotten } from './forget.js';
import { cleanLeft, cleanRun, type Cleaned } from './clean-run.js';
import { reasonToKeepRun } from './reason-to-keep.js';

export const clean = defineOperation({
  name: 'clean',
  rights: LEADERS,
  help: 'Remove the workspaces that ended runs have left, after a snapshot, and what is kept of old writes and turns',
  examples: ['callsheet clean --dry-run', 'callsheet clean run-2'],
  input: {
    run: {
      kind: 'name',
      positional: true,
      placeholder: 'RUN',
      help: 'Only of this run, even when it could be resumed',
    },
    dryRun: { kind: 'flag', help: 'Only say what would be removed' },
    yes: YES,
  },
  async run(context, input) {
    const { store } = context.sheet;
    const runs = input.run === undefined ? await findRuns(store) : [await requireRun(store, input.run)];
    if (!input.dryRun) await agreeToGitPrograms(context, input.yes);
    const cleaned: Cleaned =
      input.run === undefined ? await cleanLeft(context, input) : { removed: [], kept: [] };
    for (const run of runs) {
      const why = reasonToKeepRun(run, input.run !== undefined);
      const part = await cleanRun(context, run, {
        dryRun: input.dryRun,
        ...(why === undefined ? {} : { why }),
      });
      cleaned.removed.push(...part.removed);
      cleaned.kept.push(...part.kept);
    }
    const contents =
      input.run === undefined
        ? await pruneBlobs(store, context.sheet.folder, { dryRun: input.dryRun })
        : { files: 0, bytes: 0 };
    const records =
      input.run === undefined
        ? await forgetOldRecords(store, { dryRun: input.dryRun })
        : { writes: 0, seen: 0, notices: 0 };
    const snapshots =
      input.run === undefined
        ? await pruneSnapshots({ store, repository: await context.repository() }, { dryRun: input.dryRun })
        : 0;
    return { ...cleaned, contents, records, snapshots, dryRun: input.dryRun };
  },
  show({ removed, kept, contents, records, snapshots, dryRun }) {
    const forgotten = records.writes + records.seen + records.notices;
    if (removed.length + kept.length + contents.files + forgotten + snapshots === 0)
      return 'There is nothing to remove.';
    return [
      ...removed.map(
        ({ path, task }) =>
          `${dryRun ? 'Would remove' : 'Removed'} ${path}${task === undefined ? '' : ` (${task})`}`,
      ),
      ...kept.map(({ path, reason }) => `Kept ${path}: ${reason}`),
      ...(contents.files === 0 ? [] : [showContents(contents, dryRun)]),
      ...(snapshots === 0 ? [] : [showSnapshots(snapshots, dryRun)]),
      ...(forgotten === 0 ? [] : [showRecords(records, dryRun)]),
      ...(removed.length > 0 && !dryRun ? ['What was in them is listed by: callsheet undo'] : []),
    ].join('\n');
  },
});

function showSnapshots(count: number, dryRun: boolean): string {
  return `${dryRun ? 'Would remove' : 'Removed'} ${count} old ${count === 1 ? 'snapshot' : 'snapshots'} of live sessions`;
}

function showRecords({ writes, seen, notices }: Forgotten, dryRun: boolean): string {
  const what = `${writes} writes, ${seen} files seen and ${notices} notices`;
  return `${dryRun ? 'Would forget' : 'Forgot'} ${what} of sessions that ended long ago`;
}

function showContents({ files, bytes }: Pruned, dryRun: boolean): string {
  const what = `${files} old ${files === 1 ? 'content' : 'contents'} of files, ${(bytes / 1e6).toFixed(1)} MB`;
  return `${dryRun ? 'Would remove' : 'Removed'} ${what}: the oldest writes cannot be undone any more`;
}
