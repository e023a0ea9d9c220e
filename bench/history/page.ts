import { oneLine, plainText } from '../../src/text/index.js';
import type { Row } from './compare.js';
import type { Figures } from './figures.js';
import { surroundingsLines, type Surroundings } from '../support/machine.js';

/** Everything that one run of the benchmark found. */
export interface Result {
  repository: string;
  head: string;
  origin?: string;
  command: string;
  surroundings: Surroundings;
  figures: Figures;
  rows: Row[];
}

/** The figures as a person reads them on a screen. */
export function figuresText({ repository, figures }: Pick<Result, 'repository' | 'figures'>): string {
  return table(repository, figures)
    .map(([name, value]) => `${name.padEnd(46)}${value}`)
    .join('\n');
}

/** The result file. */
export function pageOf(result: Result): string {
  const { repository, figures, surroundings: where, rows } = result;
  const odd = rows.filter((row) => row.faults.length > 0 || row.outcome !== 'landed' || !row.asCommitted);
  return [
    `# History of ${repository}, replayed`,
    '',
    ...surroundingsLines(where),
    `- repository: ${result.origin ?? repository} at ${result.head}`,
    `- command: \`${result.command}\``,
    '',
    '| | |',
    '| --- | --- |',
    ...table(repository, figures).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '## Not landed, or not as people committed it',
    '',
    odd.length === 0
      ? 'None.'
      : '| merge | git says | callsheet | as committed | what must not be |\n| --- | --- | --- | --- | --- |',
    ...odd.map(oddLine),
    '',
  ].join('\n');
}

function oddLine({ merge, git, outcome, asCommitted, faults }: Row): string {
  const fault = oneLine(plainText(faults.join('; ')), 300).replaceAll('|', '\\|');
  return `| ${merge.slice(0, 12)} | ${git} | ${outcome} | ${asCommitted ? 'yes' : 'no'} | ${fault} |`;
}

function table(repository: string, figures: Figures): [string, string][] {
  const { msPerTask, byHandMsPerTask, mergeTreeMs } = figures;
  return [
    [`merges of ${repository} replayed, two tasks each`, String(figures.merges)],
    ['landed', `${figures.landed} (git merges ${figures.gitClean} cleanly)`],
    ['conflicted', `${figures.conflicted} (git finds ${figures.gitConflict})`],
    ['neither', String(figures.failed)],
    ['landed with the tree that people committed', `${figures.asCommitted} of ${figures.landed}`],
    ['merges where something is not as it must be', String(figures.faults)],
    ['time per task, median and worst', `${msPerTask.median} ms, ${msPerTask.worst} ms`],
    [
      'the same by bare git commands, one by one',
      `${byHandMsPerTask.median} ms, ${byHandMsPerTask.worst} ms`,
    ],
    ['all runs over all bare git commands', `${figures.timesBareGit} times`],
    ['git merge-tree on the pair', `${mergeTreeMs.median} ms, ${mergeTreeMs.worst} ms`],
    ...Object.entries(figures.leftOut).map(([why, times]): [string, string] => [
      `left out, ${why}`,
      String(times),
    ]),
  ];
}
