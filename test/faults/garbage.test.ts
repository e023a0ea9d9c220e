import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { expectFinished } from './expect-whole.js';
import { givenGit, onceBefore } from './given-git.js';
import { sample, testInFull } from './sample.js';

// Everything that only the reflog still knows goes too: as somebody does who wants the room back.
const COLLECT = 'reflog expire --expire=now --expire-unreachable=now --all';

type Project = Awaited<ReturnType<typeof givenProject>>;

function collect({ git }: Project): void {
  git(...COLLECT.split(' '));
  git('gc', '--prune=now', '--quiet');
  git('prune', '--expire=now');
}

test('what is snapshotted, checkpointed, queued and under test survives garbage collection', async () => {
  await using project = await givenProject();
  const tasks = [{ id: 'one' }, { id: 'two' }, { id: 'three' }];
  const script = `case $T$N in
    one1) echo saved > saved.txt; callsheet task checkpoint one --done half --next rest > /dev/null; rm saved.txt; echo more > more.txt; exit 1;;
    one2) test -e saved.txt; rm -f more.txt; touch "$F/begun"; until test -e "$F/go"; do sleep 0.05; done;;
    esac
    echo "$T" > "$T.txt"`;
  // Two waits in the queue while three is tested, and one has its checkpoint and its snapshots only.
  const gate = `test -e two.txt -o -e three.txt || exit 0; touch '${project.at('tested')}'; until test -e '${project.at('go')}'; do sleep 0.05; done`;
  const engine = await project.begin(tasks, script, { args: ['--gate', gate, '-w', '2'] });
  await Promise.all(['begun', 'tested'].map((name) => fileAppears(project.at(name))));
  collect(project);
  await project.write(project.at('go'), '');
  await expectFinished(project, await engine.ended, ['one', 'three', 'two']);
  expect(project.show('callsheet/run-1/main', 'saved.txt')).toBe('saved');
  const [snapshot] = await project.sql<{ ref: string }>(
    "select ref from snapshot where reason like '%exit code 1%'",
  );
  expect(project.show(snapshot?.ref ?? '', 'more.txt')).toBe('more');
  collect(project);
  expect(project.show(snapshot?.ref ?? '', 'more.txt')).toBe('more');
});

testInFull('what a stopped run is resumed from survives garbage collection', async () => {
  await using project = await givenProject();
  const script =
    'test "$N" = 2 || { echo part > part.txt; touch "$F/begun"; exec sleep 1000; }; echo one > one.txt';
  const engine = await project.begin([{ id: 'one' }], script);
  await fileAppears(project.at('begun'));
  engine.signal('SIGINT');
  await engine.ended;
  collect(project);
  await expectFinished(project, await project.start(['resume', '--json']).ended, ['one']);
  expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part');
});

// Between two commands of git, when objects have been made and no ref has them yet.
const MOMENTS = [
  'commit-tree',
  'diff-tree --stdin',
  'update-ref --no-deref --stdin',
  'reset --hard',
  'merge-tree',
  'commit --quiet',
  'write-tree',
  'worktree add',
];

test.each(sample(1, MOMENTS))(
  'garbage that is collected just before `git %s` costs nothing',
  async (moment) => {
    await using project = await givenProject();
    const prune = `"$GIT" -C '${project.root}' ${COLLECT}; "$GIT" -C '${project.root}' prune --expire=now; touch '${project.at('pruned')}'`;
    const env = givenGit(project.folder, onceBefore(project.folder, moment, prune));
    const script = 'test "$T$N" != one1 || { echo x > x.txt; exit 1; }; echo "$T" > "$T.txt"';
    const engine = await project.begin([{ id: 'one' }, { id: 'two' }], script, {
      env,
      args: ['--gate', 'true'],
    });
    await expectFinished(project, await engine.ended, ['one', 'two']);
    await fileAppears(project.at('pruned'));
    expect(await project.sql('select attempt, failures from task order by id')).toEqual([
      { attempt: 2, failures: 1 },
      { attempt: 1, failures: 0 },
    ]);
  },
);
