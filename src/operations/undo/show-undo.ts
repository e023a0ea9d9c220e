import { oneLine, plainText, shownNames, tableOf } from '../../text/index.js';
import type { describeSnapshot } from './describe.js';
import { shownPath, type describeWrite } from './describe-write.js';
import type { listAll } from './list.js';
import type { putSelectionBack } from './put-selection-back.js';
import type { putWriteBack } from './put-write-back.js';
import type { restoreFiles } from './restore-files.js';
import type { restoreInto } from './restore-into.js';
import type { selectionTo } from './selection-to.js';
import { showLost, type Lost } from './show-lost.js';
import { many, whoMade } from './wording.js';
import type { writeBeforeTo } from './write-before-to.js';

type Listed = Awaited<ReturnType<typeof listAll>>;
type Described = Awaited<ReturnType<typeof describeSnapshot>>;
type Restored = Awaited<ReturnType<typeof restoreInto | typeof restoreFiles>>;
type DescribedWrite = Awaited<ReturnType<typeof describeWrite>>;
type Written = Awaited<ReturnType<typeof writeBeforeTo>>;
type SelectionBack = Awaited<ReturnType<typeof putSelectionBack>>;
type SelectionWritten = Awaited<ReturnType<typeof selectionTo>>;
type PutBack = Awaited<ReturnType<typeof putWriteBack>>;

const MOST_FILES = 100;

export function showUndo(
  output:
    | Lost
    | Listed
    | Described
    | Restored
    | DescribedWrite
    | Written
    | PutBack
    | SelectionBack
    | SelectionWritten,
): string {
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
    case 'lost':
      return showLost(output);
    case 'selection-back':
      return showSelectionBack(output);
    case 'selection-written':
      return showSelectionWritten(output);
  }
}

function showList({ snapshots, writes, isCut, selected }: Listed): string {
  if (snapshots.length + writes.length === 0) return 'No snapshots and no writes.';
  const rest = restOf(selected, isCut === true);
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

function restOf(selected: Listed['selected'], isCut: boolean): string {
  if (selected === undefined) return isCut ? '\nOlder ones: --agent, --task, --file, --since.' : '';
  const { writes, files, unsure } = selected;
  const selection = `${many(writes, 'write')} of ${many(files, 'file')}${isCut ? ', the newest shown' : ''}`;
  const perhaps =
    unsure === 0
      ? ''
      : `\n${unsure} of them (meanwhile) ${unsure === 1 ? 'is' : 'are'} perhaps of somebody else: made while a command ran that does not name the file. --back needs --force for that; alone it comes back with --write N --back.`;
  return `\nSelected: ${selection}. To take all of it back: the same with --back, or beside with --to DIR.${perhaps}`;
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
  const rows = writes.map(({ write, at, how, path, ...made }) => [
    String(write),
    at,
    whoMade(made),
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

function showWrite({ write, isLatest, isAsBefore, diff, isCut }: DescribedWrite): string {
  const { write: seq, at, task, how, path, checkout } = write;
  const more = isCut === true ? ['(More has changed than is shown here.)'] : [];
  return [
    `Write ${seq} of ${shownPath(path)} in ${shownPath(checkout)}, ${at}: by ${whoMade(write)} (${how})${task === undefined ? '' : `, for task ${task}`}`,
    ...(diff === null ? ['(The change cannot be shown as text, or its content is not kept any more.)'] : []),
    ...(diff === null ? [] : [diff.trimEnd(), ...more]),
    '',
    ...(isAsBefore && !isLatest
      ? ['The file is as it was before this write.']
      : whatCanBeDone(write, isLatest)),
  ].join('\n');
}

function whatCanBeDone({ write: seq, before }: DescribedWrite['write'], isLatest: boolean): string[] {
  return [
    isLatest
      ? 'The file is as this write left it.'
      : 'The file has changed since: putting back what was before would drop that, and needs --force.',
    ...(before === ''
      ? [`There was no file before; take it away:  callsheet undo --write ${seq} --back`]
      : [
          `The content before into a new file:   callsheet undo --write ${seq} --to PATH`,
          `Back into the checkout:               callsheet undo --write ${seq} --back`,
        ]),
  ];
}

function showPutBack({ write: { write, path }, removed, recorded }: PutBack): string {
  const already = recorded === null ? 'already ' : '';
  const what = removed ? `is ${already}gone, as before` : `is ${already}as it was before`;
  const kept =
    recorded === null ? 'Nothing was changed.' : `What was there is kept: callsheet undo --write ${recorded}`;
  return `${shownPath(path)} ${what} write ${write}. ${kept}`;
}

function showSelectionBack({ files, asBefore }: SelectionBack): string {
  const already = asBefore.length === 0 ? '' : ` ${many(asBefore.length, 'file')} had been so already.`;
  if (files.length === 0) return `Nothing was to be put back.${already}`;
  const rows = files
    .slice(0, MOST_FILES)
    .map(({ path, removed, recorded }) => [
      `  ${shownPath(path)}${removed ? ' (gone)' : ''}`,
      `callsheet undo --write ${recorded}`,
    ]);
  const more = files.length > MOST_FILES ? [`  and ${files.length - MOST_FILES} more`] : [];
  const head = `${many(files.length, 'file')} ${files.length === 1 ? 'is' : 'are'} as before the writes.${already} What was there is kept:`;
  return [head, tableOf(rows), ...more].join('\n');
}

function showSelectionWritten({ files, folder, absent }: SelectionWritten): string {
  const none = absent.length === 0 ? '' : ` There was none before: ${shownNames(absent)}.`;
  return `${many(files.length, 'file')} written into ${shownPath(folder)}, as before the writes.${none}`;
}

function showRestored({ files, folder, savedAs, snapshot }: Restored): string {
  const saved = savedAs === null ? '' : ` The checkout as it was is ${savedAs}.`;
  return `${many(files.length, 'file')} of ${snapshot.id} written into ${folder}.${saved}`;
}
