import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from './given-project.js';

test('a landed workspace with a repository inside is kept and named: no snapshot can hold that', async () => {
  await using project = await givenProject();
  const { code, report, events } = await project.run(
    [{ id: 'one' }],
    'echo x > x.txt; mkdir inner; cd inner; git init -q .; echo precious > p.txt',
  );
  expect(code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'x.txt')).toBe('x');
  const [kept] = report.workspaces;
  expect(kept?.why).toContain('inner (a nested repository)');
  expect(events.map((event) => event.type)).toContain('workspace.kept');
  expect(await readFile(`${kept?.path ?? ''}/inner/p.txt`, 'utf8')).toBe('precious\n');
});

test('a branch that an attempt needs and that is there already is kept under another name', async () => {
  await using project = await givenProject();
  const { code, report, events } = await project.run(
    [{ id: 'one' }, { id: 'two', after: ['one'] }],
    'echo x > $T.txt; git add -A; git -c user.name=x -c user.email=x@x commit -qm Work; [ $T = two ] || git branch callsheet/run-1/two.1',
  );
  expect(code, JSON.stringify([report.reason, report.tasks, events])).toBe(0);
  const snapshots = 'refs/callsheet/snapshots/run-1';
  expect(project.refs(snapshots)).toEqual(
    ['one.1.1', 'two.1.1', 'two.1.2'].map((each) => `${snapshots}/${each}`),
  );
  expect(project.git('rev-parse', `${snapshots}/two.1.1`)).toBe(
    project.git('rev-parse', `${snapshots}/one.1.1`),
  );
  expect(project.refs('refs/heads/callsheet')).toEqual(['refs/heads/callsheet/run-1/main']);
});

test('a link that the repository has does not lead a copied file outside', async () => {
  await using project = await givenProject({ 'a.txt': 'a\n', '.gitignore': '/conf/.env\n' });
  await project.write('../outside/readme', '');
  symlinkSync('../../../outside', `${project.root}/conf`);
  project.git('add', 'conf');
  project.git('commit', '-qm', 'Link');
  project.git('rm', '-q', '--cached', 'conf');
  spawnSync('rm', [`${project.root}/conf`]);
  await project.write('conf/.env', 'KEY\n');
  const { code, report } = await project.run([{ id: 'one' }], 'echo x > x.txt', {
    top: { copy: ['conf/.env'] },
  });
  expect(code).toBe(3);
  expect(report.reason).toContain('conf/.env');
  expect(spawnSync('ls', ['-A', project.at('outside')], { encoding: 'utf8' }).stdout).toBe('readme\n');
});

test('an attempt that goes on is not prepared again', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }],
    'if test -e part; then echo x > x.txt; rm part; else touch part; touch "$F/begun"; exec sleep 1000; fi',
    { top: { setup: 'echo ran >> "$LOG"', env: { LOG: project.at('setups') } } },
  );
  await fileAppears(project.at('begun'));
  await project.callsheet('task', 'pause', 'one');
  await engine.until('agent.ended');
  await project.callsheet('task', 'resume', 'one');
  // The run may have ended, waiting for just that, before the task was let go on.
  await engine.ended;
  await project.callsheet('resume');
  expect(project.show('callsheet/run-1/main', 'x.txt')).toBe('x');
  expect(await readFile(project.at('setups'), 'utf8')).toBe('ran\n');
});

test('an attempt that waits to go on for a resource that a person holds costs nothing meanwhile', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one', resources: ['db'] }, { id: 'two' }],
    `case $T in
      two) until test -e "$F/go"; do sleep 0.1; done; echo x > x.txt;;
      one) if test -e asked; then rm asked; echo y > y.txt; else touch asked; callsheet task block one "Which?" > /dev/null; fi;;
    esac`,
    { top: { resources: { db: 1 } } },
  );
  await engine.until('agent.ended');
  expect((await project.callsheet('lock', 'acquire', '--resource', 'db', '--as', 'alice')).code).toBe(0);
  const [question] = await project.sql<{ id: string }>("select id from message where question = 'open'");
  expect((await project.callsheet('answer', question?.id ?? '', 'This one')).code).toBe(0);
  const ticks = (): number => {
    const stat = spawnSync('cat', [`/proc/${engine.pid}/stat`], { encoding: 'utf8' }).stdout;
    const fields = stat.split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  await new Promise((over) => setTimeout(over, 500));
  const before = ticks();
  await new Promise((over) => setTimeout(over, 1_500));
  expect(ticks() - before).toBeLessThanOrEqual(3);
  expect((await project.callsheet('lock', 'release', '--resource', 'db', '--as', 'alice')).code).toBe(0);
  await engine.until((event) => event.type === 'task.done' && event.task === 'one');
  await project.write(project.at('go'), '');
  const { code, report } = await engine.ended;
  expect(code).toBe(0);
  expect(report?.tasks[0]?.attempts).toHaveLength(1);
});

test('uncommitted work of the person stays as it is, and is not in the base', async () => {
  await using project = await givenProject();
  await project.write('a.txt', 'changed by the person\n');
  await project.write('new.txt', 'untracked\n');
  const before = [
    project.git('status', '--porcelain'),
    project.git('stash', 'list'),
    project.git('rev-parse', 'HEAD'),
  ];
  const { code } = await project.run([{ id: 'one' }], 'echo x > x.txt');
  expect(code).toBe(0);
  expect([
    project.git('status', '--porcelain'),
    project.git('stash', 'list'),
    project.git('rev-parse', 'HEAD'),
  ]).toEqual(before);
});
