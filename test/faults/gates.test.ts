import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { expectFinished, expectSound, landedIn } from './expect-whole.js';
import { sample, testInFull } from './sample.js';

const WORK = 'echo "$T" > "$T.txt"';

test('a gate that hangs is ended by a stop, with all that it started; resumed, the work lands', async () => {
  await using project = await givenProject();
  const gate = `test ! -e one.txt -o -e '${project.at('go')}' || { trap '' TERM; touch '${project.at('hangs')}'; setsid sleep 1000 & sleep 1000; }`;
  const engine = await project.begin([{ id: 'one' }], WORK, { args: ['--gate', gate] });
  await fileAppears(project.at('hangs'));
  engine.signal('SIGINT');
  expect((await engine.ended).code).toBe(130);
  expect(project.left()).toEqual([]);
  expect(landedIn(project)).toEqual([]);
  await project.write(project.at('go'), '');
  const resumed = await project.start(['resume', '--json']).ended;
  await expectFinished(project, resumed, ['one']);
  expect(resumed.report?.tasks[0]?.attempts).toHaveLength(1);
});

testInFull('a gate that hangs when its engine is killed is ended by the one that follows', async () => {
  await using project = await givenProject();
  const gate = `test ! -e one.txt -o -e '${project.at('go')}' || { touch '${project.at('hangs')}'; setsid sleep 1000 & sleep 1000; }`;
  const engine = await project.begin([{ id: 'one' }], WORK, { args: ['--gate', gate] });
  await fileAppears(project.at('hangs'));
  engine.signal('SIGKILL');
  await engine.ended;
  expect(project.left().length).toBeGreaterThan(0);
  await project.write(project.at('go'), '');
  const resumed = await project.start(['resume', '--json']).ended;
  await expectFinished(project, resumed, ['one']);
});

const WRITERS = [
  { name: 'changes a tracked file', does: 'echo changed > a.txt', lands: false },
  { name: 'leaves files behind', does: 'echo x > left.txt; mkdir -p out; echo x > out/x', lands: true },
  {
    name: 'commits',
    does: 'git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x',
    lands: false,
  },
  {
    name: "moves the run's branch",
    does: 'git update-ref refs/heads/callsheet/run-1/main HEAD',
    lands: true,
  },
  {
    name: 'writes into the checkout of the person',
    does: 'echo x > "$(dirname "$(git rev-parse --git-common-dir)")/left.txt"',
    lands: true,
  },
];

test.each(sample(1, WRITERS))('a gate that $name proves nothing that is not so', async ({ does, lands }) => {
  await using project = await givenProject();
  const { report } = await project.run([{ id: 'one', attempts: 1 }], WORK, {
    args: ['--gate', `test ! -e one.txt || { ${does}; }`],
  });
  expect(report.tasks[0]?.state).toBe(lands ? 'done' : 'failed');
  const files = project.git('ls-tree', '-r', '--name-only', 'callsheet/run-1/main').split('\n');
  expect(files).toEqual(lands ? ['a.txt', 'one.txt'] : ['a.txt']);
  expect(project.show('callsheet/run-1/main', 'a.txt')).toBe('a');
  expect(existsSync(`${project.root}/one.txt`)).toBe(false);
  await expectSound(project);
});

testInFull('a flaky gate sends the work back as flaky, and a next attempt that is green lands', async () => {
  await using project = await givenProject();
  // Red, green; then green.
  const gate = `test ! -e one.txt || ! mkdir '${project.at('once')}' 2>/dev/null`;
  const ended = await (
    await project.begin([{ id: 'one' }], `${WORK}; echo $N >> one.txt`, { args: ['--gate', gate] })
  ).ended;
  await expectFinished(project, ended, ['one']);
  const [first, second] = ended.report?.tasks[0]?.attempts ?? [];
  expect(first).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('red, then green') as string,
  });
  expect(second).toMatchObject({ outcome: 'landed' });
});
