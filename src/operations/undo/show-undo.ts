import { oneLine, plainText, tableOf } from '../../text/index.js';
import type { describeSnapshot } from './describe.js';
import { shownPath, type describeWrite } from './describe-write.js';
import type { listAll } from './list.js';
import type { putWriteBack } from './put-write-back.js';
import type { restoreFiles } from './restore-files.js';
import type { restoreInto } from './restore-into.js';
import type { writeBeforeTo } from './write-before-to.js';

type Listed = Awaited<ReturnType<typeof listAll>>;
type Described = Awaited<ReturnType<typeof describeSnapshot>>;
type Restored = Awaited<ReturnType<typeof restoreInto | typeof restoreFiles>>;
type DescribedWrite = Awaited<ReturnType<typeof describeWrite>>;
type Written = Awaited<ReturnType<typeof writeBeforeTo>>;
type PutBack = Awaited<ReturnType<typeof putWriteBack>>;

const MOST_FILES = 100;
const NOBODY = '(not registered)';

export function showUndo(output: Listed | Described | Restored | DescribedWrite | Written | PutBack): string {
  switch (output.kind) {
    case 'list':
      return showList(output);
    case 'snapshot':
      return showSnapshot(output);
    case 'restored':
      return showRestored(output);
    case 'write':
      return showWrite(output);
    case 'written':
      return `The content of ${shownPath(output.write.path)} before write ${output.write.write} is in ${shownPath(output.file)}.`;
    case 'back':
      return showPutBack(output);
  }
}

function showList({ snapshots, writes, isCut }: Listed): string {
  if (snapshots.length + writes.length === 0) return 'No snapshots and no writes.';
  const rest = isCut === true ? '\nOlder ones: --agent, --task, --file, --since.' : '';
  const parts = [
    ...(snapshots.length === 0
      ? []
      : [
          snapshotTable(snapshots),
          `Look into one: callsheet undo ${oneLine(snapshots.at(-1)?.id ?? '', 200)}`,
        ]),
    ...(writes.length === 0
      ? []
      : [writeTable(writes), `Look into one: callsheet undo --write ${writes.at(-1)?.write ?? ''}${rest}`]),
  ];
  return parts.join('\n\n');
}

function snapshotTable(snapshots: Listed['snapshots']): string {
  const rows = snapshots.map(({ id, at, task, reason, leftOut }) => [
    id,
    at,
    task ?? '',
    oneLine(plainText(reason), 70),
    leftOut.length === 0 ? '' : `${leftOut.length} not saved`,
  ]);
  return tableOf([['SNAPSHOT', 'TAKEN', 'TASK', 'WHY', ''], ...rows]);
}

function writeTable(writes: Listed['writes']): string {
  const rows = writes.map(({ write, at, agent, how, path }) => [
    String(write),
    at,
    agent ?? NOBODY,
    how,
    shownPath(path),
  ]);
  return tableOf([['WRITE', 'AT', 'AGENT', 'HOW', 'PATH'], ...rows]);
}

function showSnapshot({ snapshot, files }: Described): string {
  const { id, commit, at, reason, workspace, leftOut } = snapshot;
  const more = files.length > MOST_FILES ? [`  and ${files.length - MOST_FILES} more`] : [];
  return [
    `${id} of ${workspace}, ${at}: ${oneLine(plainText(reason), 100)}`,
    ...files.slice(0, MOST_FILES).map(({ change, path }) => `  ${change} ${shownPath(path)}`),
    ...more,
    ...leftOut.map((each) => `  not saved: ${shownPath(each.path)} (${each.reason})`),
    '',
    `All files into a new folder:     callsheet undo ${id} --to DIR`,
    `One file into the checkout:      callsheet undo ${id} --file PATH`,
    `Into your branch, with history:  git merge ${commit}`,
  ].join('\n');
}

function showWrite({ write, isLatest, diff, isCut }: DescribedWrite): string {
  const { write: seq, at, agent = NOBODY, task, how, path, checkout, before } = write;
  const more = isCut === true ? ['(More has changed than is shown here.)'] : [];
  return [
    `Write ${seq} of ${shownPath(path)} in ${shownPath(checkout)}, ${at}: by ${agent} (${how})${task === undefined ? '' : `, for task ${task}`}`,
    ...(diff === null ? ['(The change cannot be shown as text, or its content is not kept any more.)'] : []),
    ...(diff === null ? [] : [diff.trimEnd(), ...more]),
    '',
    isLatest
      ? 'The file is as this write left it.'
      : 'The file has changed since: putting back what was before would drop that, and needs --force.',
    ...(before === ''
      ? [`There was no file before; take it away:  callsheet undo --write ${seq} --back`]
      : [
          `The content before into a new file:   callsheet undo --write ${seq} --to PATH`,
          `Back into the checkout:               callsheet undo --write ${seq} --back`,
        ]),
  ].join('\n');
}

function showPutBack({ write: { write, path }, removed, recorded }: PutBack): string {
  const what = removed ? 'is gone, as before' : 'is as it was before';
  return `${shownPath(path)} ${what} write ${write}. What was there is kept: callsheet undo --write ${recorded}`;
}

function showRestored({ files, folder, savedAs, snapshot }: Restored): string {
  const saved = savedAs === null ? '' : ` The checkout as it was is ${savedAs}.`;
  return `${files.length} ${files.length === 1 ? 'file' : 'files'} of ${snapshot.id} written into ${folder}.${saved}`;
}
