import { expect, test } from 'vitest';
import { fileAppears, givenProject, type Engine } from '../run/given-project.js';
import { expectFinished, expectSound, landedIn, refusalIn } from './expect-whole.js';
import { sample, testInFull } from './sample.js';

const WAIT =
  'touch "$F/begun-$CALLSHEET_RUN-$N"; until test -e "$F/go"; do sleep 0.05; done; echo "$T" > "$CALLSHEET_RUN-$CALLSHEET_PLAN_TASK.txt"';

/** Those that have ended when all but one have. */
function allButOne(engines: Engine[]): Promise<Awaited<Engine['ended']>[]> {
  return new Promise((resolve) => {
    const ended: Awaited<Engine['ended']>[] = [];
    for (const engine of engines)
      void engine.ended.then((end) => {
        ended.push(end);
        if (ended.length === engines.length - 1) resolve([...ended]);
      });
  });
}

test.each(sample(1, ['SIGKILL', 'SIGINT'] as const))(
  'of 8 that resume a run at once after %s one works on it, and 7 say who does',
  { timeout: 60_000 },
  async (signal) => {
    await using project = await givenProject();
    const first = await project.begin([{ id: 'one' }, { id: 'two' }], WAIT);
    await fileAppears(project.at('begun-run-1-1'));
    first.signal(signal);
    await first.ended;

    const engines = Array.from({ length: 8 }, () => project.start(['resume', '--json', 'run-1']));
    const refused = await allButOne(engines);
    const working = (await project.sql<{ engine_pid: number }>('select engine_pid from run'))[0]?.engine_pid;
    for (const each of refused) {
      expect(each.code).toBe(3);
      expect(refusalIn(each)).toMatchObject({ code: 'ENGINE_RUNNING', data: { run: 'run-1', pid: working } });
    }
    await project.write(project.at('go'), '');
    const worker = engines.find((each) => each.pid === working);
    if (worker === undefined) throw new Error(`${working ?? 'nobody'} is none of ours`);
    await expectFinished(project, await worker.ended, ['one', 'two']);
  },
);

test('two runs that land into one branch at once both arrive there', { timeout: 60_000 }, async () => {
  await using project = await givenProject();
  const args = ['--into', 'main', '--gate', 'true'];
  const one = await project.begin([{ id: 'a' }, { id: 'b' }], WAIT, { args });
  await fileAppears(project.at('begun-run-1-1'));
  const other = await project.begin([{ id: 'a' }, { id: 'b' }], WAIT, { args });
  await fileAppears(project.at('begun-run-2-1'));
  await project.write(project.at('go'), '');
  for (const engine of [one, other]) {
    const { code, stderr, report } = await engine.ended;
    expect(code, `${stderr}${JSON.stringify(report)}`).toBe(0);
  }
  const files = project.git('ls-tree', '--name-only', 'main').split('\n');
  expect(files).toEqual(['a.txt', 'run-1-a.txt', 'run-1-b.txt', 'run-2-a.txt', 'run-2-b.txt']);
  expect(project.git('status', '--porcelain')).toBe('');
  expect(project.worktrees()).toEqual([]);
  await expectSound(project);
});

testInFull(
  'a run whose engine is killed does not touch the other on the same sheet, and lands after it',
  async () => {
    await using project = await givenProject();
    const args = ['--into', 'main'];
    const killed = await project.begin([{ id: 'a' }, { id: 'b' }], WAIT, { args });
    await fileAppears(project.at('begun-run-1-1'));
    const other = await project.begin([{ id: 'a' }, { id: 'b' }], WAIT, { args });
    await fileAppears(project.at('begun-run-2-1'));
    killed.signal('SIGKILL');
    await killed.ended;
    await project.write(project.at('go'), '');
    const ended = await other.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(
      landedIn(project, 'run-2', project.git('merge-base', 'callsheet/run-1/main', 'main')).sort(),
    ).toEqual(['a-2', 'b-2']);

    const resumed = await project.start(['resume', '--json', 'run-1']).ended;
    expect(resumed.code, `${resumed.stderr}${JSON.stringify(resumed.report)}`).toBe(0);
    const files = project.git('ls-tree', '--name-only', 'main').split('\n');
    expect(files).toEqual(['a.txt', 'run-1-a.txt', 'run-1-b.txt', 'run-2-a.txt', 'run-2-b.txt']);
    expect(project.worktrees()).toEqual([]);
    await expectSound(project);
  },
);
