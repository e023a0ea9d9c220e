import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from './given-project.js';

const WRITE = 'echo "$T" > "$T.txt"';

test('what a worker leaves uncommitted is committed and lands', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run([{ id: 'one' }, { id: 'two', after: ['one'] }], WRITE);
  expect(code).toBe(0);
  expect(report.tasks.map(({ state, summary }) => [state, summary])).toEqual([
    ['done', 'Changed one.txt.'],
    ['done', 'Changed two.txt.'],
  ]);
  expect(project.show('callsheet/run-1/main', 'two.txt')).toBe('two');
  expect(project.worktrees()).toEqual([]);
  expect(project.refs('refs/heads')).toEqual(['refs/heads/callsheet/run-1/main', 'refs/heads/main']);
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.left()).toEqual([]);
});

test('exit 0 without a change is no success, nor is an exit code', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [
      { id: 'nothing', attempts: 1 },
      { id: 'exits', attempts: 1 },
    ],
    'case $T in exits) echo partly > b.txt; echo "cannot do it"; exit 7;; esac',
  );
  expect(code).toBe(1);
  expect(report.tasks.map((task) => task.attempts[0]?.reason)).toEqual([
    'said it was done, but changed nothing',
    'its agent ended with exit code 7',
  ]);
  const [kept] = report.workspaces.filter((each) => each.task === 'exits');
  expect(await readFile(`${kept?.path ?? ''}/b.txt`, 'utf8')).toBe('partly\n');
  expect((await project.callsheet('task', 'log', 'exits')).stdout).toContain('cannot do it');
});

test('a completion that was said counts although the agent crashes afterwards', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [{ id: 'one' }],
    `${WRITE}; callsheet task complete one "All there"; kill -9 $$`,
  );
  expect(code).toBe(0);
  expect(report.tasks[0]).toMatchObject({ state: 'done', summary: 'All there' });
  expect(report.tasks[0]?.attempts).toHaveLength(1);
});

test('a task that fails by its own word is not done by its exit code', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [{ id: 'one', attempts: 1 }],
    `${WRITE}; callsheet task fail one "no such API"`,
  );
  expect(code).toBe(1);
  expect(report.tasks[0]).toMatchObject({ state: 'failed', reason: 'no such API' });
  const [commit] = project.refs('refs/callsheet/snapshots');
  expect(project.show(commit ?? '', 'one.txt')).toBe('one');
});

test('a kind that writes nothing is done without landing, and refused when it wrote', async () => {
  await using project = await givenProject();
  const { report } = await project.run(
    [
      { id: 'look', kind: 'verify' },
      { id: 'touch', kind: 'review', attempts: 1 },
      { id: 'commit', kind: 'verify', attempts: 1 },
    ],
    `case $T in
      touch) echo b >> a.txt;;
      commit) echo b >> a.txt; git -c user.name=x -c user.email=x@x commit -qam b;;
      look) echo "of no account" > report.txt; callsheet task complete look "Found nothing";;
    esac`,
  );
  expect(report.tasks.map(({ state, reason, commit }) => ({ state, reason, commit }))).toEqual([
    { state: 'done' },
    { state: 'failed', reason: 'changed a.txt, but a task of kind review writes nothing' },
    { state: 'failed', reason: 'changed a.txt, but a task of kind verify writes nothing' },
  ]);
  expect(report.workspaces.map((each) => each.task).sort()).toEqual(['commit', 'touch']);
});

test('the task time-out ends the whole process tree, daemons included', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [{ id: 'one', attempts: 1, timeout: '1s' }],
    '(sleep 1000 & echo $! > "$F/child"; setsid sleep 1000 & sleep 1000 & wait) & trap "" TERM; while :; do echo busy; sleep 0.1; done',
  );
  expect(code).toBe(1);
  expect(report.tasks[0]?.reason).toBe('took longer than its time limit of 1s');
  expect(project.left()).toEqual([]);
});

test('a silent worker is stopped, one that reports goes on', async () => {
  await using project = await givenProject({
    'a.txt': 'a\n',
    'callsheet.config.yaml': 'silenceTimeout: 1s\n',
  });
  const { report } = await project.run(
    [
      { id: 'silent', attempts: 1 },
      { id: 'talks', attempts: 1 },
    ],
    `case $T in
      silent) exec sleep 1000;;
      talks) for i in 1 2 3 4; do sleep 0.5; callsheet task progress talks "step $i" > /dev/null; done; echo x > x.txt;;
    esac`,
  );
  expect(report.tasks.map(({ state }) => state)).toEqual(['failed', 'done']);
  expect(report.tasks[0]?.reason).toBe('gave no sign of life for 1s');
});

test.each([
  ['detaches', 'git checkout -q --detach; echo x > x.txt'],
  ['commits itself', 'echo x > x.txt; git add -A; git -c user.name=x -c user.email=x@x commit -qm mine'],
  [
    'makes a branch of its own',
    'git checkout -qb mine; echo x > x.txt; git add -A; git -c user.name=x -c user.email=x@x commit -qm mine',
  ],
  ['deletes its .git', 'echo x > x.txt; rm .git'],
  ['leaves a half-done merge of the index', 'echo x > x.txt; git add x.txt; echo y > y.txt'],
])('the work of an agent that %s lands', async (_, script) => {
  await using project = await givenProject();
  const { code } = await project.run([{ id: 'one' }], script);
  expect(code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'x.txt')).toBe('x');
  expect(project.worktrees()).toEqual([]);
});

test("a branch of the person that an agent checks out is not moved by callsheet's commit", async () => {
  await using project = await givenProject();
  project.git('branch', 'theirs');
  const { code } = await project.run([{ id: 'one' }], 'git checkout -q theirs; echo x > x.txt');
  expect(code).toBe(0);
  expect(project.git('rev-parse', 'theirs')).toBe(project.git('rev-parse', 'main'));
  expect(project.show('callsheet/run-1/main', 'x.txt')).toBe('x');
});

test('commits that an agent went away from stay reachable', async () => {
  await using project = await givenProject();
  const commit = 'git -c user.name=x -c user.email=x@x commit -qam';
  const { code } = await project.run(
    [{ id: 'one' }],
    `echo first > a.txt; ${commit} first; git checkout -q --detach HEAD~1; echo second > b.txt; git add b.txt; ${commit} second`,
  );
  expect(code).toBe(0);
  const texts = project.refs('refs/callsheet/snapshots').map((ref) => project.show(ref, 'a.txt'));
  expect(texts).toContain('first');
});

test.each([
  ['deletes its workspace', 'cd /; rm -rf "$W"', 'its workspace is gone: it was deleted from inside'],
  [
    'puts another repository in its place',
    'rm .git; git init -q .; echo precious > p.txt',
    'the .git of its workspace was replaced, so its work cannot be read',
  ],
  [
    'begins an unrelated history',
    'git checkout -q --orphan other; git -c user.name=x -c user.email=x@x commit -qm other',
    'its commits share no history with the run',
  ],
])('an agent that %s fails alone, and the next attempt succeeds', async (_, script, reason) => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [{ id: 'one' }, { id: 'two' }],
    `W=$PWD; case $T$N in one1) ${script};; *) ${WRITE};; esac`,
  );
  expect(code).toBe(0);
  expect(report.tasks[0]?.attempts[0]?.reason).toBe(reason);
  expect(project.show('callsheet/run-1/main', 'one.txt')).toBe('one');
});

const COMMIT = 'git -c user.name=x -c user.email=x@x commit -qam';

test.each([
  [
    'a merge with conflicts',
    `git branch side; echo mine > a.txt; ${COMMIT} mine; git checkout -q side; echo theirs > a.txt; ${COMMIT} theirs; git -c user.name=x -c user.email=x@x merge -q - || true`,
    'said it was done, but left a merge unfinished',
  ],
  [
    'a rebase with conflicts',
    `git branch side; echo mine > a.txt; ${COMMIT} mine; git checkout -q side; echo theirs > a.txt; ${COMMIT} theirs; git -c user.name=x -c user.email=x@x rebase -q - || true`,
    'said it was done, but left a rebase unfinished',
  ],
  [
    'its branch for an older commit',
    `echo mine > a.txt; ${COMMIT} mine; git checkout -q --detach HEAD~1; echo b > b.txt`,
    'said it was done, but went back to a commit before its own last one',
  ],
])('an agent that leaves %s has not done its task', async (_, script, reason) => {
  await using project = await givenProject();
  const { report } = await project.run([{ id: 'one', attempts: 1 }], script);
  expect(report.tasks[0]).toMatchObject({ state: 'failed', reason });
  const texts = project.refs('refs').map((ref) => project.show(ref, 'a.txt'));
  expect(texts).toContain('mine');
  expect(project.show('callsheet/run-1/main', 'a.txt')).toBe('a');
});

test('a repository that an agent adds inside the repository does not land, and is not deleted', async () => {
  await using project = await givenProject();
  const { report } = await project.run(
    [{ id: 'one' }],
    `case $N in
      1) git init -q sub; echo precious > sub/p.txt; git -C sub add -A; git -C sub -c user.name=x -c user.email=x@x commit -qm p; git add sub;;
      *) ${WRITE};;
    esac`,
  );
  expect(report.tasks[0]?.attempts[0]?.reason).toBe(
    'added a repository inside the repository: sub; what is in it cannot land',
  );
  expect(report.tasks[0]?.state).toBe('done');
  const [kept] = report.workspaces;
  expect(kept?.why).toContain('sub (a nested repository)');
  expect(await readFile(`${kept?.path ?? ''}/sub/p.txt`, 'utf8')).toBe('precious\n');
});

test('edits that an agent hid from git land', async () => {
  await using project = await givenProject({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const { code } = await project.run(
    [{ id: 'one' }],
    'git update-index --assume-unchanged a.txt; git update-index --skip-worktree b.txt; echo 1 > a.txt; echo 2 > b.txt',
  );
  expect(code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'a.txt')).toBe('1');
  expect(project.show('callsheet/run-1/main', 'b.txt')).toBe('2');
});

test('a lock that a killed git left on the index keeps no work from landing', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run(
    [{ id: 'one', attempts: 1 }],
    `${WRITE}; touch "$(git rev-parse --git-dir)/index.lock"`,
  );
  expect(code).toBe(0);
  expect(report.tasks[0]?.attempts).toHaveLength(1);
  expect(project.show('callsheet/run-1/main', 'one.txt')).toBe('one');
});

test('work that git refuses to commit is saved as far as it goes, and its workspace is kept', async () => {
  await using project = await givenProject();
  const { report } = await project.run([{ id: 'one', attempts: 1 }], `${WRITE}; rm a.txt; mkfifo a.txt`);
  expect(report.tasks[0]?.reason).toContain('its work could not be committed: ');
  const [snapshot] = project.refs('refs/callsheet/snapshots');
  expect(project.show(snapshot ?? '', 'one.txt')).toBe('one');
  expect(report.workspaces[0]?.why).toContain('not in any snapshot: a.txt');
});

test('a workspace that git cannot save any more is kept and named', async () => {
  await using project = await givenProject();
  const { report } = await project.run(
    [{ id: 'one' }],
    `case $N in 1) rm .git; git init -q .; echo precious > p.txt;; *) ${WRITE};; esac`,
  );
  const [kept] = report.workspaces;
  expect(kept?.why).toContain('.git was replaced');
  expect(await readFile(`${kept?.path ?? ''}/p.txt`, 'utf8')).toBe('precious\n');
});

test('what a worker writes into its log is kept from attempt to attempt', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one', attempts: 2 }],
    `echo "attempt $N speaks"; touch "$F/begun"; case $N in 1) exit 1;; esac; ${WRITE}`,
  );
  await fileAppears(project.at('begun'));
  await engine.ended;
  expect((await project.callsheet('task', 'log', 'one', '--attempt', '1')).stdout).toContain(
    'attempt 1 speaks',
  );
  expect((await project.callsheet('task', 'log', 'one')).stdout).toContain('attempt 2 speaks');
});
