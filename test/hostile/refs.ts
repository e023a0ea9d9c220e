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
  ...NAMES.slice(0, 4).map(runInto),
  ...NAMES.map(commit),
];
