import { oneLine, plainText, tableOf } from '../../text/index.js';
import type { describeSnapshot, listSnapshots } from './describe.js';
import type { restoreInto } from './restore-into.js';
import type { restoreFiles } from './restore-files.js';

type Listed = Awaited<ReturnType<typeof listSnapshots>>;
type Described = Awaited<ReturnType<typeof describeSnapshot>>;
type Restored = Awaited<ReturnType<typeof restoreInto | typeof restoreFiles>>;

const MOST_FILES = 100;

export function showUndo(output: Listed | Described | Restored): string {
  switch (output.kind) {
    case 'list':
      return showList(output);
    case 'snapshot':
      return showSnapshot(output);
    case 'restored':
      return showRestored(output);
  }
}

function showList({ snapshots }: Listed): string {
  if (snapshots.length === 0) return 'No snapshots.';
  const rows = snapshots.map(({ id, at, task, reason, leftOut }) => [
    id,
    at,
    task ?? '',
    oneLine(plainText(reason), 70),
    leftOut.length === 0 ? '' : `${leftOut.length} not saved`,
  ]);
  return `${tableOf([['SNAPSHOT', 'TAKEN', 'TASK', 'WHY', ''], ...rows])}\n\nLook into one: callsheet undo ${snapshots.at(-1)?.id ?? ''}`;
}

function showSnapshot({ snapshot, files }: Described): string {
  const { id, commit, at, reason, workspace, leftOut } = snapshot;
  const more = files.length > MOST_FILES ? [`  and ${files.length - MOST_FILES} more`] : [];
  return [
    `${id} of ${workspace}, ${at}: ${oneLine(plainText(reason), 100)}`,
    ...files.slice(0, MOST_FILES).map(({ change, path }) => `  ${change} ${oneLine(plainText(path), 200)}`),
    ...more,
    ...leftOut.map((each) => `  not saved: ${oneLine(plainText(each.path), 200)} (${each.reason})`),
    '',
    `All files into a new folder:     callsheet undo ${id} --to DIR`,
    `One file into the checkout:      callsheet undo ${id} --file PATH`,
    `Into your branch, with history:  git merge ${commit}`,
  ].join('\n');
}

function showRestored({ files, folder, savedAs, snapshot }: Restored): string {
  const saved = savedAs === null ? '' : ` The checkout as it was is ${savedAs}.`;
  return `${files.length} ${files.length === 1 ? 'file' : 'files'} of ${snapshot.id} written into ${folder}.${saved}`;
}
