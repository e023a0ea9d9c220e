import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fileAppears, givenProject, type Engine } from './given-project.js';

const SLOW =
  'if test -e part.txt; then echo more >> part.txt; else echo part > part.txt; touch "$F/begun"; sleep 1000 & exec sleep 1000; fi';

test('Ctrl-C ends the workers, saves their work, and resume finishes', async () => {
  await using project = await givenProject();
  const engine = await project.begin([{ id: 'one' }], SLOW);
  await fileAppears(project.at('begun'));
  expect(project.left().length).toBeGreaterThan(0);
  engine.signal('SIGINT');
  const { code, report } = await engine.ended;
  expect(code).toBe(130);
  expect(report?.state).toBe('stopped');
  expect(project.left()).toEqual([]);
  const resumed = await project.start(['resume', '--json']).ended;
  expect(resumed.code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part\nmore');
  expect(resumed.report?.tasks[0]?.attempts.map((each) => each.outcome)).toEqual(['interrupted', 'landed']);
  expect(project.worktrees()).toEqual([]);
});

test('what an interrupted agent had committed is gone on from', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }],
    'if test -e mine.txt; then echo more >> mine.txt; else echo mine > mine.txt; git add -A; git -c user.name=x -c user.email=x@x commit -qm mine; touch "$F/begun"; exec sleep 1000; fi',
  );
  await fileAppears(project.at('begun'));
  engine.signal('SIGINT');
  await engine.ended;
  expect((await project.callsheet('resume')).code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'mine.txt')).toBe('mine\nmore');
});

test('an interrupted task that writes nothing is not refused for the files it had left', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'look', kind: 'verify' }],
    'if test $N = 1; then echo x > report.txt; touch "$F/begun"; exec sleep 1000; fi',
  );
  await fileAppears(project.at('begun'));
  engine.signal('SIGINT');
  await engine.ended;
  expect((await project.callsheet('resume')).code).toBe(0);
});

test('Ctrl-C twice ends at once, workers that ignore it included', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }],
    `trap 'touch "$F/asked"' TERM; touch "$F/begun"; while :; do sleep 0.05 || true; done`,
  );
  await fileAppears(project.at('begun'));
  engine.signal('SIGINT');
  await fileAppears(project.at('asked'));
  const second = performance.now();
  engine.signal('SIGINT');
  expect((await engine.ended).code).toBe(130);
  // The worker would have had 3 s to end by itself.
  expect(performance.now() - second).toBeLessThan(1_500);
  expect(project.left()).toEqual([]);
  expect((await project.sql<{ state: string }>('select state from run'))[0]?.state).toBe('running');
});

test('a second engine on the same run is refused; two runs on one sheet go on side by side', async () => {
  await using project = await givenProject();
  const script =
    'echo "$SLOT" >> "$F/slots"; echo x > "$T-$CALLSHEET_RUN.txt"; touch "$F/begun-$CALLSHEET_RUN"; until test -e "$F/go"; do sleep 0.05; done';
  const options = { top: { env: { SLOT: '{slot}' } } };
  const first = await project.begin([{ id: 'one' }], script, options);
  await fileAppears(project.at('begun-run-1'));
  const refused = await project.callsheet('resume', 'run-1', '--json');
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('ENGINE_RUNNING');
  const second = await project.begin([{ id: 'one' }], script, options);
  await fileAppears(project.at('begun-run-2'));
  await project.write(project.at('go'), '');
  expect((await first.ended).code).toBe(0);
  expect((await second.ended).code).toBe(0);
  const slots = spawnSync('sort', ['-u', project.at('slots')], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n');
  expect(slots).toHaveLength(2);
  expect(project.show('callsheet/run-1/main', 'one-run-1.txt')).toBe('x');
  expect(project.show('callsheet/run-2/main', 'one-2-run-2.txt')).toBe('x');
});

/** Stops an engine while something is done; again when it was caught in the middle of a transaction. */
async function whileStopped(engine: Engine, work: () => Promise<void>): Promise<void> {
  for (;;) {
    engine.signal('SIGSTOP');
    try {
      return await work();
    } catch (error) {
      if (!String(error).includes('database is locked')) throw error;
    } finally {
      engine.signal('SIGCONT');
    }
  }
}

test('an engine that was stopped for longer than the lease keeps its living workers', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }],
    'touch "$F/begun"; until test -e "$F/go"; do sleep 0.05; done; echo x > x.txt',
  );
  await fileAppears(project.at('begun'));
  await whileStopped(engine, () => project.tamper('update task set lease_expires_ms = 1'));
  await project.write(project.at('go'), '');
  const { code, report } = await engine.ended;
  expect(code).toBe(0);
  expect(report?.tasks[0]?.attempts).toHaveLength(1);
});

test('an engine with one silent worker costs next to nothing', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }],
    'touch "$F/begun"; until test -e "$F/go"; do sleep 0.2; done; echo x > x.txt',
  );
  await fileAppears(project.at('begun'));
  const ticks = (): number => {
    const fields =
      spawnSync('cat', [`/proc/${engine.pid}/stat`], { encoding: 'utf8' })
        .stdout.split(') ')[1]
        ?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const quiet = (ms: number) => new Promise((over) => setTimeout(over, ms));
  await quiet(500);
  const before = ticks();
  await quiet(3_000);
  const used = ticks() - before;
  await project.write(project.at('go'), '');
  await engine.ended;
  // In hundredths of a second: 1 % of the time.
  expect(used).toBeLessThanOrEqual(3);
});
