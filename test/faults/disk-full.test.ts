import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenProject } from '../run/given-project.js';
import { expectFinished, expectSound, refusalIn } from './expect-whole.js';
import { givenDisk } from './given-disk.js';
import { givenGit, onceBefore } from './given-git.js';
import { sample, testInFull } from './sample.js';

const TASKS = [{ id: 'one' }, { id: 'two' }];
const WORK = 'echo "$T" > "$T.txt"';

type Project = Awaited<ReturnType<typeof givenProject>>;

/** The three places that a run writes to, each a disk of its own. The one of the workspaces has the room that a run asks for. */
function disksOf({ root, folder }: Project) {
  const git = givenDisk(join(root, '.git'), 6);
  const sheet = givenDisk(join(root, '.git', 'callsheet'), 4);
  const workspaces = givenDisk(join(folder, 'repo.callsheet'), 56);
  return {
    ...{ git, sheet, workspaces },
    [Symbol.dispose]() {
      for (const disk of [workspaces, sheet, git]) disk[Symbol.dispose]();
    },
  };
}

type Disks = Omit<ReturnType<typeof disksOf>, typeof Symbol.dispose>;

interface Phase {
  name: string;
  disk: keyof Disks;
  /** The git command before which it fills up. */
  before?: string;
  /** What the agents do; `FILL` fills the disk. */
  agent?: string;
  gate?: string;
}

const ONCE = '{ ! mkdir "$F/once" 2>/dev/null || FILL; }';

const PHASES: Phase[] = [
  { name: 'when what is left is staged', disk: 'git', before: 'update-index --add' },
  { name: 'while the agent writes', disk: 'workspaces', agent: `${ONCE}; ${WORK}` },
  { name: 'when the branch moves', disk: 'git', before: 'update-ref --no-deref --stdin' },
  { name: 'under the sheet, while the agent works', disk: 'sheet', agent: `${WORK}; ${ONCE}` },
  { name: 'when a worktree is registered', disk: 'git', before: 'worktree add' },
  { name: 'when a worktree is filled', disk: 'workspaces', before: 'reset --hard' },
  { name: 'when what is left is committed', disk: 'git', before: 'commit --quiet' },
  {
    name: 'when a failed attempt is saved',
    disk: 'git',
    agent: `${WORK}; test -e "$F/once" || { ${ONCE}; exit 1; }`,
  },
  { name: 'when the attempt is merged', disk: 'git', before: 'merge-tree' },
  { name: 'when the merge becomes a commit', disk: 'git', before: 'commit-tree' },
  {
    name: 'while the gate runs, where it writes',
    disk: 'workspaces',
    gate: `test ! -e one.txt || { ${ONCE}; }; echo x > x.tmp`,
  },
  {
    name: 'while the gate runs, where its log is',
    disk: 'sheet',
    gate: `test ! -e one.txt || { ${ONCE}; }; seq 100000`,
  },
  { name: 'under everything in git', disk: 'git', gate: `test ! -e one.txt || { ${ONCE}; }` },
];

test.each(sample(1, PHASES))(
  'a disk that fills up $name stops the run in words; with room again resume finishes it',
  async ({ disk: which, before, agent = WORK, gate }) => {
    await using project = await givenProject();
    using disks = disksOf(project);
    const disk = disks[which];
    const filled = (script: string): string =>
      script.replaceAll('FILL', disk.fillCommand).replaceAll('$F', project.folder);
    const env =
      before === undefined
        ? {}
        : givenGit(project.folder, onceBefore(project.folder, before, disk.fillCommand));
    const engine = await project.begin(TASKS, filled(agent), {
      env,
      args: ['-w', '1', ...(gate === undefined ? [] : ['--gate', filled(gate)])],
    });
    const { code, stderr, report } = await engine.ended;
    expect(code, stderr).toBe(3);
    expect(report?.reason ?? refusalIn({ stderr }).message).toMatch(/The disk .*is full/);
    expect(project.left()).toEqual([]);
    expect(await project.sql('select id from task where failures > 0')).toEqual([]);
    disk.makeRoom();
    const resumed = await project.start(['resume', '--json', 'run-1']).ended;
    await expectFinished(project, resumed, ['one', 'two']);
    expect(resumed.report?.tasks.map((task) => task.state)).toEqual(['done', 'done']);
  },
);

test('a run that has no room to begin leaves nothing, and begins when there is', async () => {
  await using project = await givenProject();
  using disks = disksOf(project);
  disks.sheet.fill();
  const first = await (await project.begin(TASKS, WORK)).ended;
  expect(first.code, first.stderr).toBe(3);
  expect(refusalIn(first)).toMatchObject({ code: 'STORE_FULL' });
  disks.sheet.makeRoom();
  expect(project.refs('refs/heads')).toEqual(['refs/heads/main']);
  expect(project.worktrees()).toEqual([]);

  disks.git.fill();
  const second = await (await project.begin(TASKS, WORK)).ended;
  expect(second.code, second.stderr).toBe(3);
  expect(refusalIn(second)).toMatchObject({ code: 'DISK_FULL' });
  disks.git.makeRoom();
  await expectFinished(project, await project.start(['resume', '--json']).ended, ['one', 'two']);
});

testInFull(
  'what is asked of a sheet on a full disk is refused in words, and nothing of it is harmed',
  async () => {
    await using project = await givenProject();
    using disks = disksOf(project);
    await project.run(TASKS, WORK);
    disks.sheet.fill();
    disks.git.fill();
    for (const command of [['report'], ['status'], ['note', 'add', 'Something']]) {
      const refused = await project.callsheet(...command, '--json');
      expect(refused.code).toBe(3);
      expect(refusalIn(refused)).toMatchObject({ code: 'STORE_FULL' });
    }
    disks.sheet.makeRoom();
    disks.git.makeRoom();
    await expectSound(project);
  },
);
