import { surroundingsLines, type Surroundings } from '../support/machine.js';
import { median, rounded } from '../support/statistics.js';
import type { Case, Gated, Measured } from './benchmark.js';
import type { Options } from './options.js';

/** Everything that one run of the benchmark found. */
export interface Result extends Measured {
  command: string;
  surroundings: Surroundings;
  tasks: number;
  workers: number;
  figures: Figures;
}

export interface Figures {
  cases: CaseFigures[];
  gated?: GatedFigures;
}

export interface CaseFigures {
  files: number;
  callsheetMs: number;
  byHandMs: number;
  /** Median of the ratios of each round. */
  ratio: number;
  worstRatio: number;
}

export interface GatedFigures {
  ms: number;
  gates: number;
  /** The run over its gates' time. */
  overGates: number;
  /** The least that batches of eight leave: a gate for the base and for each batch, in milliseconds. */
  leastMs: number;
  overLeast: number;
}

/** How many landings are tested together at most. */
const BATCH = 8;
const GATE_MS = 1_000;

export function figuresOf({ cases, gated }: Measured, tasks: number): Figures {
  return {
    cases: cases.filter(({ rounds }) => rounds.length > 0).map(caseFigures),
    ...(gated === undefined ? {} : { gated: gatedFigures(gated, tasks) }),
  };
}

function caseFigures({ files, rounds }: Case): CaseFigures {
  const ratios = rounds.map((round) => round.callsheetMs / round.byHandMs);
  return {
    files,
    callsheetMs: rounded(median(rounds.map((round) => round.callsheetMs))),
    byHandMs: rounded(median(rounds.map((round) => round.byHandMs))),
    ratio: rounded(median(ratios)),
    worstRatio: rounded(Math.max(...ratios)),
  };
}

function gatedFigures({ ms, gates }: Gated, tasks: number): GatedFigures {
  const leastMs = (1 + Math.ceil(tasks / BATCH)) * GATE_MS;
  return {
    ms: rounded(ms),
    gates,
    overGates: rounded(ms / (gates * GATE_MS)),
    leastMs,
    overLeast: rounded(ms / leastMs),
  };
}

/** The figures as a person reads them on a screen. */
export function figuresText(result: Result): string {
  return table(result)
    .map(([name, value]) => `${name.padEnd(58)}${value}`)
    .join('\n');
}

/** The result file. */
export function pageOf(result: Result): string {
  return [
    '# A run of small tasks',
    '',
    ...surroundingsLines(result.surroundings),
    `- command: \`${result.command}\``,
    '',
    '| | |',
    '| --- | --- |',
    ...table(result).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| files | round | callsheet | by hand | ratio |',
    '| --- | --- | --- | --- | --- |',
    ...result.cases.flatMap(({ files, rounds }) =>
      rounds.map(
        ({ callsheetMs, byHandMs }, index) =>
          `| ${files} | ${index + 1} | ${Math.round(callsheetMs)} ms | ${Math.round(byHandMs)} ms | ${rounded(callsheetMs / byHandMs)} |`,
      ),
    ),
    '',
    ...result.faults.map((fault) => `- ${fault}`),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function table(result: Result): [string, string][] {
  const { tasks, workers, figures, processes, faults } = result;
  return [
    ['tasks, workers', `${tasks}, ${workers}`],
    ...figures.cases.map((each): [string, string] => [
      `${each.files} files: the run, by hand, ratio (worst)`,
      `${each.callsheetMs} ms, ${each.byHandMs} ms, ${each.ratio} (${each.worstRatio}); target 1.5`,
    ]),
    ...(figures.gated === undefined ? [] : gatedLines(figures.gated)),
    ...(processes === undefined
      ? []
      : ([
          [
            'processes of git a task',
            `${rounded(processes.callsheet.perTask)}, by hand ${rounded(processes.byHand.perTask)}`,
          ],
          [
            'processes of git besides',
            `${rounded(processes.callsheet.fixed)}, by hand ${rounded(processes.byHand.fixed)}`,
          ],
        ] satisfies [string, string][])),
    ['what is not as it must be', String(faults.length)],
  ];
}

function gatedLines({ ms, gates, overGates, leastMs, overLeast }: GatedFigures): [string, string][] {
  return [
    ['with a gate of 1 s: the run, gates', `${ms} ms, ${gates} gates`],
    ['the run over the time of its gates', String(overGates)],
    [`the run over ${leastMs} ms (full batches)`, String(overLeast)],
  ];
}

/** What was asked for, as it would be typed. */
export function commandOf(options: Options): string {
  const { tasks, workers, rounds, files, gate } = options;
  const given = `--tasks ${tasks} --workers ${workers} --rounds ${rounds} --files ${files.join(',')}`;
  return `npm run bench:run -- ${given}${gate ? '' : ' --no-gate'}`;
}
