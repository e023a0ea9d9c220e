import { refused, type Row } from './row.js';

const NAMES: readonly [what: string, name: string][] = [
  ['an option of git that runs something', '--upload-pack=touch${IFS}{canary}'],
  ['a short option', '-h'],
  ['the branch before', '@{-1}'],
  ['the upstream', '@{u}'],
  ['an address that runs something', 'ext::sh'],
  ['a lock', 'main.lock'],
  ['a range', 'main..main'],
  ['an ancestor', 'main~1'],
  ['a search', ':/Some'],
  ['a path of a commit', 'main:a.txt'],
  ['a pattern', 'mai*'],
  ['a command', '$(touch${IFS}{canary})'],
  ['a name that is not there', 'nope'],
  ['HEAD of another worktree', 'worktrees/x/HEAD'],
  ['a way out of the refs', '../../config'],
  ['an at sign alone', '@'],
  ['a name with a control character', 'ma\u0007in'],
];

const landInto = ([what, name]: (typeof NAMES)[number]): Row => ({
  what: `land into ${what}`,
  args: ['land', `--into=${name}`],
  ...refused(
    name.includes('\u0007') ? 'INPUT_INVALID' : 'BRANCH_UNKNOWN',
    2,
    name.includes('\u0007') ? '--into' : name,
  ),
  ...(name.startsWith('--upload') ? { process: true as const } : {}),
});

const landBranch = ([what, name]: (typeof NAMES)[number]): Row => ({
  what: `land the branch ${what}`,
  args: ['land', `--branch=${name}`],
  ...refused(
    name.includes('\u0007') ? 'INPUT_INVALID' : 'BRANCH_UNKNOWN',
    2,
    name.includes('\u0007') ? '--branch' : name,
  ),
  ...(name.startsWith('--upload') ? { process: true as const } : {}),
});

const landBranchInto = ([what, name]: (typeof NAMES)[number]): Row => ({
  what: `land a branch into ${what}`,
  args: ['land', '--branch=side', `--into=${name}`],
  ...refused(
    name.includes('\u0007') ? 'INPUT_INVALID' : 'BRANCH_UNKNOWN',
    2,
    name.includes('\u0007') ? '--into' : name,
  ),
});

const runInto = ([what, name]: (typeof NAMES)[number]): Row => ({
  what: `run into ${what}`,
  args: ['run', '--plan', '../plan.yaml', '--agent', 'command:true', '--yes', `--into=${name}`],
  ...refused(
    name.includes('\u0007') ? 'INPUT_INVALID' : 'INTO_UNKNOWN',
    2,
    name.includes('\u0007') ? '--into' : name,
  ),
});

const commit = ([what, name]: (typeof NAMES)[number]): Row => ({
  what: `a result in ${what}`,
  as: 'worker',
  args: ['task', 'complete', 'task-3', `--commit=${name}`],
  ...refused(
    name.includes('\u0007') ? 'INPUT_INVALID' : 'COMMIT_UNKNOWN',
    2,
    name.includes('\u0007') ? '--commit' : name,
  ),
});

/** Whatever names a branch or a commit. */
export const REFS: readonly Row[] = [
  ...NAMES.map(landInto),
  ...NAMES.map(landBranch),
  ...NAMES.slice(0, 4).map(landBranchInto),
  {
    what: 'land a tag',
    args: ['land', '--branch=v1'],
    ...refused('BRANCH_UNKNOWN', 2, 'v1 is a tag'),
  },
  {
    what: 'land a branch of a run',
    args: ['land', '--branch=callsheet/run-1/main', '--into=main'],
    ...refused('BRANCH_OF_RUN', 2, 'run-1'),
  },
  {
    what: 'land a branch into itself',
    args: ['land', '--branch=main'],
    ...refused('BRANCH_SAME', 2, 'main'),
  },
  {
    what: "land somebody else's task",
    as: 'worker',
    args: ['land', '--branch=side', '--into=main', '--task=task-1', '--attempt=1'],
    ...refused('NOT_ALLOWED', 3, 'wren'),
  },
  {
    what: 'land as a reviewer',
    as: 'reviewer',
    args: ['land', '--branch=side', '--into=main'],
    ...refused('NOT_ALLOWED', 3, 'rook'),
  },
  ...NAMES.slice(0, 4).map(runInto),
  ...NAMES.map(commit),
];
