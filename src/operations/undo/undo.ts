import { usageError } from '../../error/index.js';
import { findSnapshots, type Snapshot } from '../../snapshot/index.js';
import { findWrite, type Write } from '../../write/index.js';
import type { InputOf } from '../fields.js';
import { defineOperation, EVERYBODY, LEADERS, type Context } from '../operation.js';
import { agreeToGitPrograms, YES } from '../run/index.js';
import { describeSnapshot } from './describe.js';
import { describeWrite } from './describe-write.js';
import { listAll } from './list.js';
import { listLost } from './list-lost.js';
import { putSelectionBack } from './put-selection-back.js';
import { putWriteBack } from './put-write-back.js';
import { restoreFiles } from './restore-files.js';
import { restoreInto } from './restore-into.js';
import { selectionTo } from './selection-to.js';
import { isFiltered } from './selection.js';
import { showUndo } from './show-undo.js';
import { writeBeforeTo } from './write-before-to.js';

const INPUT = {
  snapshot: {
    kind: 'name',
    positional: true,
    placeholder: 'SNAPSHOT',
    help: 'A snapshot; without one and without --write all are listed',
  },
  write: { kind: 'integer', min: 1, help: 'A recorded write of one file: who, when, and what it changed' },
  to: {
    kind: 'text',
    placeholder: 'PATH',
    help: 'Write the files of the snapshot, or those before the selected writes, into a new or empty folder; with --write the content before it into a new file',
  },
  back: {
    kind: 'flag',
    help: 'Put the content before the write, or before all selected ones, back into the checkout. For people and leads',
  },
  file: {
    kind: 'path',
    many: true,
    help: 'Of a snapshot only this file, without --to put back into the checkout (for people and leads); else only writes of it',
  },
  agent: { kind: 'name', help: 'Only the writes of this agent and its subagents' },
  task: { kind: 'name', placeholder: 'ID', help: 'Only the snapshots and writes of this task' },
  since: { kind: 'duration', help: 'Only what is not older, such as 2h' },
  lost: {
    kind: 'flag',
    help: 'Only writes whose change is not in the file any more because a later write of another took it away',
  },
  force: {
    kind: 'flag',
    help: 'Put it back although the file has changed since; what is there is kept before',
  },
  yes: YES,
} as const;

type Input = InputOf<typeof INPUT>;

export const undo = defineOperation({
  name: 'undo',
  rights: EVERYBODY,
  narrower: (input) =>
    putsBack(input)
      ? {
          what: `undo ${input.back ? '--back' : '--file without --to'}`,
          rights: LEADERS,
          instead: 'Write it beside with --to PATH, and make the change with an edit of the file as it is.',
        }
      : undefined,
  help: 'List snapshots and writes, look into one, or bring files back from it',
  examples: [
    'callsheet undo',
    'callsheet undo s-3 --to ../before',
    'callsheet undo s-3 --file src/app.js',
    'callsheet undo --agent bo --since 2h',
    'callsheet undo --agent bo --since 2h --back',
    'callsheet undo --write 12 --back',
    'callsheet undo --lost --since 1d',
  ],
  input: INPUT,
  async run(context, input) {
    requireClear(input);
    if (input.write !== undefined) return ofWrite(context, await requireWrite(context, input.write), input);
    if (input.snapshot === undefined) return ofSelection(context, input);
    return ofSnapshot(context, await requireSnapshot(context, input.snapshot), input);
  },
  show: showUndo,
});

/** Whether it changes files that others may be at work on. */
function putsBack({ snapshot, back, file, to }: Input): boolean {
  return back || (snapshot !== undefined && file.length > 0 && to === undefined);
}

/** @throws {CallsheetError} `UNDO_UNCLEAR` (usage) when it is not said what of. */
function requireClear(input: Input): void {
  const unclear = UNCLEAR.find(([is]) => is(input))?.[1];
  if (unclear === undefined) return;
  throw usageError(
    'UNDO_UNCLEAR',
    `${unclear}. Nothing was written.`,
    'See what there is: callsheet undo; what it takes: callsheet undo --help',
  );
}

const isList = ({ snapshot, write }: Input): boolean => snapshot === undefined && write === undefined;

const UNCLEAR: readonly (readonly [(input: Input) => boolean, string])[] = [
  [
    (input) => input.lost && (!isList(input) || input.to !== undefined || input.back || input.force),
    '--lost lists: what took a change away is taken back with --write N',
  ],
  [
    ({ snapshot, write }) => snapshot !== undefined && write !== undefined,
    'A snapshot and a write are two things',
  ],
  [
    (input) => isList(input) && !isFiltered(input) && (input.to !== undefined || input.back),
    '--to and --back need to know what: a snapshot, --write N, or --agent, --task, --file or --since',
  ],
  [(input) => isList(input) && input.force && !input.back, '--force is for putting back'],
  [
    (input) =>
      !isList(input) && [input.agent, input.task, input.since].some((filter) => filter !== undefined),
    '--agent, --task and --since select writes, and one thing is already named',
  ],
  [
    ({ write, file }) => write !== undefined && file.length > 0,
    'A write is of one file: --file says nothing more',
  ],
  [
    ({ snapshot, back }) => snapshot !== undefined && back,
    '--back is for a write; of a snapshot, --file PATH puts a file back',
  ],
  [({ back, to }) => back && to !== undefined, '--back and --to are two things'],
];

async function ofWrite(context: Context, write: Write, { to, back, force }: Input) {
  if (to !== undefined) return writeBeforeTo(context, write, to);
  return back ? putWriteBack(context, write, force) : describeWrite(context, write);
}

async function ofSelection(context: Context, input: Input) {
  if (input.lost) return listLost(context, input);
  if (input.to !== undefined) return selectionTo(context, input, input.to);
  return input.back ? putSelectionBack(context, input, input.force) : listAll(context, input);
}

async function ofSnapshot(context: Context, snapshot: Snapshot, { to, file, force, yes }: Input) {
  if (to !== undefined || file.length > 0) await agreeToGitPrograms(context, yes);
  if (to !== undefined) return restoreInto(context, snapshot, to, file);
  return file.length > 0 ? restoreFiles(context, snapshot, file, force) : describeSnapshot(context, snapshot);
}

async function requireSnapshot({ sheet }: Context, id: string): Promise<Snapshot> {
  const [snapshot] = await findSnapshots(sheet.store, { id });
  if (snapshot !== undefined) return snapshot;
  throw usageError(
    'SNAPSHOT_UNKNOWN',
    `There is no snapshot “${id}” in this sheet. Nothing was written.`,
    'See the snapshots: callsheet undo',
  );
}

async function requireWrite({ sheet }: Context, seq: number): Promise<Write> {
  const write = await findWrite(sheet.store, seq);
  if (write !== undefined) return write;
  throw usageError(
    'WRITE_UNKNOWN',
    `There is no write ${seq} in this sheet. Nothing was written.`,
    'See the writes: callsheet undo',
  );
}
