import { surroundingsLines, type Surroundings } from '../support/machine.js';
import { BATCH_SIZE, PARTS, type Row, type SampleRow } from './benchmark.js';
import { faultOf, type Figures, type Spread } from './figures.js';

/** Everything that one run of the benchmark found. */
export interface Result {
  command: string;
  surroundings: Surroundings;
  /** The graphs and durations, by the names of the graphs. */
  workloads: string[];
  repository?: string;
  leftOut: Record<string, number>;
  figures: Figures[];
  sample: SampleRow[];
  rows: Row[];
}

const HEADS = [
  'runs',
  'over the bound',
  'over the best known',
  'best known over the bound',
  'list scheduler over the bound',
  'repeated',
];

/** The figures as a person reads them on a screen. */
export function figuresText({ figures, sample }: Pick<Result, 'figures' | 'sample'>): string {
  const table = [['', ...HEADS], ...figures.map(cells)];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  return [
    ...table.map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...sample.map((row) => sampleCells(row).join(', ')),
  ].join('\n');
}

/** The result file. */
export function pageOf(result: Result): string {
  const odd = result.rows.filter((row) => faultOf(row) !== undefined);
  return [
    '# How long plans take',
    '',
    ...surroundingsLines(result.surroundings),
    `- task graphs: ${result.workloads.join(', ')}; batches of ${BATCH_SIZE} tasks`,
    ...(result.repository === undefined ? [] : [`- files from the history of ${result.repository}`]),
    `- command: \`${result.command}\``,
    '',
    'Ratios are mean, 95th percentile and worst.',
    '',
    `| | ${HEADS.join(' | ')} |`,
    `| --- |${' --- |'.repeat(HEADS.length)}`,
    ...result.figures.map((each) => `| ${cells(each).join(' | ')} |`),
    '',
    'Left out:',
    '',
    ...Object.entries(result.leftOut).map(([why, times]) => `- ${times} batches: ${why}`),
    '',
    '## In real time',
    '',
    ...(result.sample.length === 0
      ? ['Not run.']
      : [
          '| | batch | bound | simulated | real | real over simulated |',
          '| --- | --- | --- | --- | --- | --- |',
        ]),
    ...result.sample.map((row) => `| ${sampleCells(row).join(' | ')} |`),
    '',
    '## Not as it must be',
    '',
    ...(odd.length === 0
      ? ['None.']
      : odd.map((row) => `- ${row.batch}, ${row.workers} workers: ${faultOf(row)}`)),
    '',
  ].join('\n');
}

function cells({ part, workers, runs, repeated, ...ratios }: Figures): string[] {
  const who = workers === undefined ? 'all' : `${workers} workers`;
  const spreads = [ratios.overBound, ratios.overBest, ratios.bestOverBound, ratios.listedOverBound];
  return [`${PARTS[part]}, ${who}`, String(runs), ...spreads.map(spreadText), String(repeated)];
}

function spreadText({ mean, p95, worst }: Spread): string {
  return [mean, p95, worst].map((ratio) => ratio.toFixed(3)).join(' / ');
}

function sampleCells({ part, batch, workers, boundMs, simulatedMs, realMs, trouble }: SampleRow): string[] {
  const seconds = [boundMs, simulatedMs, realMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
  return [
    `${PARTS[part]}, ${workers} workers`,
    batch,
    ...seconds,
    trouble ?? (realMs / simulatedMs).toFixed(3),
  ];
}
