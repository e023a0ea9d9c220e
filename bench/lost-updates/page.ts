import { median, rounded } from '../support/statistics.js';
import type { Target } from '../support/targets.js';
import { MODES, type Mode, type Round } from './contest.js';
import type { Options } from './options.js';

/** All rounds of one mode together. */
export interface ModeSum extends Omit<Round, 'ms'> {
  /** Of one round, median. */
  ms: number;
  /** How many times as long as a round without callsheet, each beside the one with the same chances; median. */
  ratio: number;
}

export interface Measured {
  options: Options;
  modes: ModeSum[];
  rounds: Round[];
}

export function sumUp(rounds: readonly Round[]): ModeSum[] {
  const without = rounds.filter(({ mode }) => mode === 'without');
  return MODES.map((mode) => {
    const own = rounds.filter((round) => round.mode === mode);
    const sum = (of: (round: Round) => number) => own.reduce((total, round) => total + of(round), 0);
    return {
      mode,
      made: sum(({ made }) => made),
      givenUp: sum(({ givenUp }) => givenUp),
      refused: sum(({ refused }) => refused),
      kept: sum(({ kept }) => kept),
      recoverable: sum(({ recoverable }) => recoverable),
      vanished: sum(({ vanished }) => vanished),
      ms: Math.round(median(own.map(({ ms }) => ms))),
      ratio: rounded(median(own.map(({ ms }, at) => ms / (without[at]?.ms ?? ms)))),
    };
  });
}

export function targetsOf(modes: readonly ModeSum[]): Target[] {
  const of = (wanted: Mode) => modes.find(({ mode }) => mode === wanted);
  return (['guard', 'lock'] as const).flatMap((mode) => [
    { what: `edits that vanished with ${mode}`, measured: of(mode)?.vanished ?? 0, limit: 0, unit: '' },
    { what: `edits given up with ${mode}`, measured: of(mode)?.givenUp ?? 0, limit: 0, unit: '' },
  ]);
}

/** What the result file says of them. */
export function linesOf({ options, modes }: Measured): string[] {
  const { agents, cycles, files, rounds } = options;
  const without = modes.find(({ mode }) => mode === 'without');
  return [
    `${agents} agents, each ${cycles} times: read one of ${files} shared files, think for a few milliseconds, add a line to it; 40 % by an`,
    'edit, 40 % by a whole-file write, 10 % by a command that adds to the file (`printf … >> file`), 10 % by one that writes it as a',
    'whole from what its agent has read (`printf … > file`). Real files, shells, hooks and sheet, in one process. Whoever is refused',
    `takes the diff that it is shown or reads again, and tries again. ${rounds} rounds of each mode in turn, added up.`,
    '',
    `**Without callsheet ${without?.vanished ?? 0} of ${without?.made ?? 0} edits vanished.**`,
    '',
    '| mode | edits made | given up | calls refused | line in the file at the end | written over by a command, both told, recoverable | vanished | a round takes | over without |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...modes.map(
      (each) =>
        `| ${each.mode} | ${each.made} | ${each.givenUp} | ${each.refused} | ${each.kept} | ${each.recoverable} | ${each.vanished} | ${each.ms.toLocaleString('en')} ms | ${each.ratio} |`,
    ),
    '',
    'Nobody ever removes a line on purpose, so a line that is not in its file at the end was dropped by somebody who had not seen it.',
    'What a command in a shell writes cannot be held back beforehand. An edit counts as written over, not as vanished, only when the',
    'sheet holds a write by a command whose content before still holds the line, and both its agent (where several commands ran at',
    'once: the agents of all of them) and the one whose line it was have been told of that very write, with the way back (`callsheet undo',
    '--write N`). Every other missing line has vanished.',
    'The last mode is no target: there no command shows before it runs which file it will write (`file=…; printf … > "$file"`), so that',
    'nobody can wait for it, and what it writes between the permission of another and its write is never seen by anybody.',
    'With `warn` and `cowboy` nothing is refused, and no agent repairs what it was warned of afterwards.',
  ];
}
