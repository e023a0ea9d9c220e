import { tableOf } from '../../text/index.js';
import { shownPath } from './describe-write.js';
import type { listLost } from './list-lost.js';
import { many, whoMade } from './wording.js';

export type Lost = Awaited<ReturnType<typeof listLost>>;

const MOST_LOST = 50;

export function showLost({ lost, unknown, isCut }: Lost): string {
  const left = [
    ...(unknown === 0
      ? []
      : [`${many(unknown, 'write')} could not be compared: too large, or not kept any more.`]),
    ...(isCut === true ? ['Older writes were not looked at: --agent, --task, --file, --since.'] : []),
  ];
  if (lost.length === 0) return ['No write is missing that another took away.', ...left].join('\n');
  const by = lost.at(-1)?.lostBy.write ?? '';
  const cut = lost.length > MOST_LOST ? [`These are the newest ${MOST_LOST} of ${lost.length}.`] : [];
  return [
    ...[tableOf(rowsOf(lost)), ''],
    `The file with the change, into a new one:  callsheet undo --write ${by} --to PATH  (number under GONE WITH)`,
    `What took the change away:                 callsheet undo --write ${by}`,
    ...cut,
    ...left,
  ].join('\n');
}

function rowsOf(lost: Lost['lost']): string[][] {
  const rows = lost
    .slice(-MOST_LOST)
    .map(({ write, at, path, lostBy, ...made }) => [
      ...[String(write), at, whoMade(made), shownPath(path)],
      ...[String(lostBy.write), lostBy.at, whoMade(lostBy)],
    ]);
  return [['WRITE', 'AT', 'AGENT', 'PATH', 'GONE WITH', 'AT', 'AGENT'], ...rows];
}
