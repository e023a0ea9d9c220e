import { usageError } from '../../error/index.js';
import { shownNames } from '../../text/index.js';
import type { InputOf } from '../fields.js';
import { defineOperation, LEADERS, type Narrower } from '../operation.js';
import { YES } from './consent.js';
import type { LandedBranch } from './land-branch.js';
import { landRun } from './land-run.js';

const INPUT = {
  run: { kind: 'name', positional: true, help: 'The run; default the newest', placeholder: 'RUN' },
  branch: {
    kind: 'name',
    help: "Instead of a run's work: a branch that a person or a session has worked on",
    placeholder: 'BRANCH',
  },
  into: {
    kind: 'name',
    help: 'The branch that it goes onto; default what the run said, else the one that it began from. With --branch the one checked out here, or in the main checkout when that is the branch itself',
    placeholder: 'BRANCH',
  },
  task: {
    kind: 'name',
    help: 'With --branch: the task that you hold and whose work it is; it is done when that has landed',
    placeholder: 'ID',
  },
  attempt: {
    kind: 'integer',
    min: 1,
    help: 'With --task: the attempt that you were given; may be left out by whoever holds the task',
    placeholder: 'N',
  },
  summary: {
    kind: 'text',
    maxChars: 4_000,
    help: 'With --task: what was done; default: the title',
  },
  resultFile: {
    kind: 'json-file',
    help: 'With --task: the result as JSON: {"summary","files","findings","data"}, - for standard input',
  },
  yes: YES,
} as const;

type Input = InputOf<typeof INPUT>;

const WITH_RUN: Narrower = {
  what: "land of a run's work",
  rights: LEADERS,
  instead: 'To land a branch of your own: callsheet land --branch BRANCH',
};

export const land = defineOperation({
  name: 'land',
  // A reviewer writes no files.
  rights: ['human', 'supervisor', 'worker'],
  narrower: ({ branch }) => (branch === undefined ? WITH_RUN : undefined),
  help: "Bring a run's work, or a session's branch, to a branch: merged and tested, then fast-forward only",
  examples: [
    'callsheet land --into main',
    'callsheet land run-2',
    'callsheet land --branch fix-limiter --into main --task task-3',
  ],
  input: INPUT,
  async run(context, input) {
    const { branch, run: _run, ...wishes } = input;
    requireFitting(input);
    if (branch === undefined) return landRun(context, input);
    const { landBranch } = await import('./land-branch.js');
    return landBranch(context, { ...wishes, branch });
  },
  show: (landed) => ('head' in landed ? showBranch(landed) : showRun(landed)),
});

function requireFitting({ run, branch, ...input }: Input): void {
  if (run !== undefined && branch !== undefined)
    throw misfit(`Both the run ${run} and the branch ${branch} are to land.`, 'Give one of the two.');
  if (branch === undefined)
    requireNone(['task', 'attempt', 'summary', 'resultFile'], '--branch BRANCH', input);
  else if (input.task === undefined) requireNone(['attempt', 'summary', 'resultFile'], '--task ID', input);
}

type OfBranch = 'task' | 'attempt' | 'summary' | 'resultFile';

function requireNone(names: OfBranch[], without: string, input: Omit<Input, 'run' | 'branch'>): void {
  const given = names.find((name) => input[name] !== undefined);
  if (given === undefined) return;
  const option = given === 'resultFile' ? '--result-file' : `--${given}`;
  throw misfit(`${option} means nothing without ${without}.`, `Add ${without}, or leave out ${option}.`);
}

function misfit(what: string, hint: string): Error {
  return usageError('LAND_OPTIONS', `${what} Nothing was moved.`, hint);
}

function showRun({ run, state, branch, commit, wasThere }: Awaited<ReturnType<typeof landRun>>): string {
  const what = state === 'finished' ? `all of ${run}` : `what ${run} (${state}) has landed so far`;
  return wasThere
    ? `${branch} has ${what} already (${commit.slice(0, 10)}).`
    : `${branch} is at ${commit.slice(0, 10)} and has ${what}.`;
}

function showBranch({ branch, into, head, commit, wasThere, task, ready }: LandedBranch): string {
  const what = `all of ${branch} (${head.slice(0, 10)})`;
  const landed = wasThere
    ? `${into} has ${what} already.`
    : `${into} is at ${commit.slice(0, 10)} and has ${what}.`;
  const done = task === undefined ? '' : ` ${task} is done.`;
  return `${landed}${done}${ready.length === 0 ? '' : ` Ready now: ${shownNames(ready)}.`}`;
}
