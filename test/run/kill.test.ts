import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileAppears, givenProject, type EventLine } from './given-project.js';

const TASKS = [
  { id: 'one' },
  { id: 'two' },
  { id: 'three', after: ['one'] },
  { id: 'look', kind: 'verify', after: ['two'] },
  { id: 'four', after: ['three'] },
];
const WORK = 'case $T in look) ;; *) echo "$T" > "$T.txt"; sleep 0.1 & wait;; esac';

/** Where the engine is killed: at the n-th event of a type, so that each seed hits another place of the run. */
const POINTS: [string, number][] = [
  ['run.started', 1],
  ['task.claimed', 1],
  ['task.claimed', 3],
  ['task.completed', 1],
  ['task.landing', 2],
  ['gate.green', 2],
  ['task.done', 2],
  ['task.done', 4],
];

test.each(POINTS)(
  'after SIGKILL of the engine at %s (%i) resume lands every task exactly once',
  async (type, nth) => {
    await using project = await givenProject();
    const engine = await project.begin(TASKS, WORK, { args: ['--gate', 'true'] });
    const isPoint = (event: EventLine): boolean =>
      engine.events.filter((each) => each.type === type).indexOf(event) === nth - 1;
    await engine.until(isPoint);
    engine.signal('SIGKILL');
    expect((await engine.ended).code).toBeNull();
    const resumed = await project.start(['resume', '--json', 'run-1']).ended;
    expect(resumed.code, resumed.stderr).toBe(0);
    const landed = project
      .git(
        'log',
        '--first-parent',
        '--format=%(trailers:key=Callsheet-Task,valueonly,separator=)',
        'main..callsheet/run-1/main',
      )
      .split('\n')
      .sort();
    expect(landed).toEqual(['four', 'one', 'three', 'two']);
    expect(resumed.report?.tasks.map((task) => task.state)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(project.left()).toEqual([]);
    expect(project.worktrees()).toEqual([]);
    expect(project.refs('refs/heads')).toEqual(['refs/heads/callsheet/run-1/main', 'refs/heads/main']);
    expect(await project.sql("select id from lock where state in ('held', 'queued')")).toEqual([]);
    expect(await project.sql('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(project.git('fsck', '--no-dangling', '--no-progress')).toBe('');
  },
);

test('workers of a killed engine are ended by the one that follows, with what they started', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }],
    'if test $N = 1; then echo part > part.txt; setsid sleep 1000 & echo x > "$F/begun"; exec sleep 1000; fi; echo more >> part.txt',
  );
  await fileAppears(project.at('begun'));
  engine.signal('SIGKILL');
  await engine.ended;
  expect(project.left().length).toBeGreaterThanOrEqual(2);
  const resumed = await project.callsheet('resume');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(project.left()).toEqual([]);
  expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part\nmore');
});

test.each(['folder', 'half made'])(
  'a workspace that was being made when the engine died (%s) does not keep the run from going on',
  async (state) => {
    await using project = await givenProject();
    const engine = await project.begin(
      [{ id: 'one' }],
      'echo x > "$F/begun"; if test $N = 1; then exec sleep 1000; fi; echo x > x.txt',
    );
    await fileAppears(project.at('begun'));
    engine.signal('SIGKILL');
    await engine.ended;
    const [path = ''] = project.worktrees();
    await project.tamper('update task_attempt set branch = null, base_commit = null, workspace = null');
    spawnSync('rm', ['-f', `${path}/.git`]);
    if (state === 'folder') spawnSync('git', ['-C', project.root, 'worktree', 'prune', '--expire', 'now']);
    else writeFileSync(`${path}/.git`, 'gitdir: /nowhere\n');
    const resumed = await project.start(['resume', '--json']).ended;
    expect(resumed.code, resumed.stderr).toBe(0);
  },
);
