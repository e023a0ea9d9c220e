import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { isRunning } from './given-place.js';

const HANGS_ONCE =
  'echo part > part.txt; if test -e "$F/begun"; then exit 0; fi; echo x > "$F/begun"; exec sleep 1000';

/** A run whose engine is killed while its one agent hangs. */
async function givenKilledRun(script = HANGS_ONCE) {
  const project = await givenProject();
  const engine = await project.begin([{ id: 'one' }], script);
  await fileAppears(project.at('begun'));
  engine.signal('SIGKILL');
  await engine.ended;
  return project;
}

type Project = Awaited<ReturnType<typeof givenProject>>;

async function resume(project: Project, env: Record<string, string> = {}) {
  const resumed = await project.start(['resume', '--json'], env).ended;
  expect(resumed.code, resumed.stderr).toBe(0);
  return resumed;
}

async function snapshotsOf(project: Project) {
  const { stdout } = await project.callsheet('undo', '--json');
  const { snapshots } = JSON.parse(stdout) as {
    snapshots: { ref: string; commit: string; task?: string; attempt?: number; reason: string }[];
  };
  return snapshots;
}

test('workers of a killed engine are ended by the one that follows, with what they started', async () => {
  await using project = await givenKilledRun(
    'if test $N = 1; then echo part > part.txt; setsid sleep 1000 & echo x > "$F/begun"; exec sleep 1000; fi; echo more >> part.txt',
  );
  expect(project.left().length).toBeGreaterThanOrEqual(2);
  await resume(project);
  expect(project.left()).toEqual([]);
  expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part\nmore');
});

test.each(['folder', 'half made'])(
  'a workspace that was being made when the engine died (%s) does not keep the run from going on',
  async (state) => {
    await using project = await givenKilledRun();
    const [path = ''] = project.worktrees();
    await project.tamper('update task_attempt set branch = null, base_commit = null, workspace = null');
    spawnSync('rm', ['-f', `${path}/.git`]);
    if (state === 'folder') spawnSync('git', ['-C', project.root, 'worktree', 'prune', '--expire', 'now']);
    else writeFileSync(`${path}/.git`, 'gitdir: /nowhere\n');
    await resume(project);
  },
);

// git takes the folder away first, then the registration, which it has locked.
test('what `git worktree add` leaves when it is killed while it cleans up is taken away', async () => {
  await using project = await givenKilledRun();
  const [made = ''] = project.worktrees();
  const path = join(dirname(made), 'two-1');
  project.git('worktree', 'add', '--quiet', '--detach', path);
  const registration = join(project.root, '.git/worktrees/two-1');
  writeFileSync(join(registration, 'HEAD'), '0'.repeat(40));
  writeFileSync(join(registration, 'locked'), 'initializing');
  rmSync(path, { recursive: true });
  await resume(project);
  expect(project.worktrees()).toEqual([]);
  expect(existsSync(registration)).toBe(false);
});

// As a power cut leaves it: at each step of git's own `add_worktree`.
test.each([1, 2, 3, 4, 5])(
  'a worktree that git was making when it was killed (step %i) is made anew',
  async (step) => {
    await using project = await givenProject();
    const steps = [
      'mkdir -p "$P" "$R"; echo initializing > "$R/locked"',
      'echo "$P/.git" > "$R/gitdir"',
      'echo "gitdir: $R" > "$P/.git"',
      `echo ${'0'.repeat(40)} > "$R/HEAD"`,
      'echo ../.. > "$R/commondir"',
    ];
    const place = `R='${project.root}/.git/worktrees/one-1'; for P; do case $P in *-1) break;; esac; done`;
    const begins = [place, ...steps.slice(0, step), 'kill -9 $PPID; exit 1'].join('; ');
    const { env } = otherGit(project, '*"worktree add"*one-1*', begins);
    const engine = await project.begin([{ id: 'one' }], 'echo x > x.txt', { env });
    expect((await engine.ended).code).toBeNull();
    await resume(project);
    expect(project.worktrees()).toEqual([]);
    expect(existsSync(join(project.root, '.git/worktrees/one-1'))).toBe(false);
    expect(project.git('fsck', '--no-dangling')).toBe('');
  },
);

/** A `git` to put first on the PATH: at a call that fits the pattern of `case` it leaves its pid in `pid` and hangs. */
function hangingGit(project: Project, pattern: string): { env: Record<string, string>; pid: string } {
  const pid = join(project.at('bin'), 'pid');
  return {
    ...otherGit(project, pattern, `echo $$ > '${pid}.part'; mv '${pid}.part' '${pid}'; exec sleep 1000`),
    pid,
  };
}

/** A `git` to put first on the PATH: at a call that fits the pattern of `case` it does something else. */
function otherGit(project: Project, pattern: string, script: string): { env: Record<string, string> } {
  const bin = project.at('bin');
  mkdirSync(bin);
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh\ncase "$*" in ${pattern}) ${script};; esac\nexec ${real} "$@"\n`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  return { env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } };
}

test('git that a killed engine has left at work is ended before anything else is done', async () => {
  await using project = await givenProject();
  const git = hangingGit(project, '*"worktree add"*one-1*');
  const plan = await project.plan([{ id: 'one' }]);
  const agent = await project.agent('echo x > x.txt');
  const engine = project.start(['run', '--json', '--yes', '--plan', plan, '--agent', agent], git.env);
  await fileAppears(git.pid);
  engine.signal('SIGKILL');
  await engine.ended;
  const pid = Number(readFileSync(git.pid, 'utf8'));
  expect(isRunning(pid)).toBe(true);
  await resume(project);
  expect(isRunning(pid)).toBe(false);
});

test('git of a resume that was killed before it was the engine is ended, that of a living one is not', async () => {
  await using project = await givenKilledRun(
    'echo part > part.txt; case $N in 1) echo x > "$F/begun"; exec sleep 1000;; 2) echo x > "$F/again"; exec sleep 1000;; esac',
  );
  const git = hangingGit(project, '*');
  const hasty = project.start(['resume', '--json'], git.env);
  await fileAppears(git.pid);
  const pid = Number(readFileSync(git.pid, 'utf8'));
  const engine = project.start(['resume', '--json']);
  await fileAppears(project.at('again'));
  expect(isRunning(pid)).toBe(true);
  for (const each of [hasty, engine]) {
    each.signal('SIGKILL');
    await each.ended;
  }
  await resume(project);
  expect(isRunning(pid)).toBe(false);
});

test('locks that the git of a killed agent held keep nothing from going on, and none is left', async () => {
  const hook = 'test "$1" = prepared || exit 0; echo x > "$F/begun"; exec sleep 1000';
  await using project = await givenKilledRun(
    `echo "$N" > part.txt; test $N = 1 || exit 0; mkdir -p "$F/hooks"; printf '%s\\n' '#!/bin/sh' "F='$F'" '${hook}' > "$F/hooks/reference-transaction"; chmod +x "$F/hooks/reference-transaction"; git add part.txt; git -c user.name=x -c user.email=x@x -c core.hooksPath="$F/hooks" commit -qm part`,
  );
  const locks = () =>
    spawnSync('find', [join(project.root, '.git'), '-name', '*.lock'], { encoding: 'utf8' }).stdout;
  expect(locks()).toContain('/HEAD.lock');
  expect(locks()).toContain('/refs/heads/callsheet/run-1/one.1.lock');
  await resume(project);
  expect(locks()).toBe('');
});

test('locks of refs that are not there are taken away', async () => {
  await using project = await givenKilledRun();
  const locks = ['refs/heads/callsheet/run-1/two.1', 'refs/callsheet/snapshots/run-1/one.9.9'].map((ref) =>
    join(project.root, '.git', `${ref}.lock`),
  );
  for (const lock of locks) {
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
  }
  await resume(project);
  expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
});

test('commits that an agent reset away are among the snapshots when its workspace is gone', async () => {
  await using project = await givenProject();
  const commit = 'git -c user.name=x -c user.email=x@x commit -qm';
  const { code } = await project.run(
    [{ id: 'one' }],
    `echo precious > p.txt; git add p.txt; ${commit} precious; git reset -q --hard HEAD~1; echo x > x.txt`,
  );
  expect(code).toBe(0);
  const kept = (await snapshotsOf(project)).find((each) => each.reason.includes('went away from'));
  expect(kept).toMatchObject({ task: 'one', attempt: 1 });
  expect(project.show(kept?.commit ?? '', 'p.txt')).toBe('precious');
});

test('snapshots, workspaces and branches that a power cut made the sheet forget are listed after resume', async () => {
  await using project = await givenKilledRun();
  const [path = ''] = project.worktrees();
  const head = project.git('rev-parse', 'main');
  project.git('update-ref', 'refs/callsheet/snapshots/run-1/one.1.1', head);
  project.git('branch', 'callsheet/run-1/one.7', head);
  await project.tamper(
    `delete from workspace; delete from task_attempt;
     update task set state = 'ready', claimed_by = null, lease_expires_ms = null, attempt = 0`,
  );
  await resume(project);
  const listed = await snapshotsOf(project);
  expect(listed.map((each) => each.ref).sort()).toEqual(project.refs('refs/callsheet/snapshots').sort());
  const texts = listed.map(({ commit }) =>
    project.git('ls-tree', '--name-only', commit).split('\n').includes('part.txt'),
  );
  expect(texts).toContain(true);
  expect(listed).toContainEqual(expect.objectContaining({ task: 'one', attempt: 7, commit: head }));
  expect(project.refs('refs/heads')).toEqual(['refs/heads/callsheet/run-1/main', 'refs/heads/main']);
  expect(existsSync(path)).toBe(false);
});
