import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from './given-project.js';

const ASK = `case $(test -e asked && echo again) in
  again) cp "$CALLSHEET_BRIEF" "$F/brief"; cat asked > answer.txt; rm asked; echo "$PWD" >> "$F/places";;
  *) echo "half" > asked; echo "$PWD" >> "$F/places"; callsheet task block "$T" "Which colour?" > /dev/null; touch "$F/blocked-$N";;
esac`;

async function questionOf(project: Awaited<ReturnType<typeof givenProject>>): Promise<string> {
  const rows = await project.sql<{ id: string }>("select id from message where question = 'open'");
  expect(rows).toHaveLength(1);
  return rows[0]?.id ?? '';
}

test('a blocked task ends the run waiting; answered and resumed, the same attempt goes on in the same workspace', async () => {
  await using project = await givenProject();
  const { code, report } = await project.run([{ id: 'one' }], ASK);
  expect(code).toBe(3);
  expect(report).toMatchObject({ state: 'waiting' });
  expect(report.reason).toContain('Which colour?');
  const { stdout } = await project.callsheet('answer', await questionOf(project), 'Blue, like the sea');
  expect(stdout).toContain('one goes on');
  const resumed = await project.callsheet('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  const brief = await readFile(project.at('brief'), 'utf8');
  expect(brief).toContain('> Which colour?');
  expect(brief).toContain('> Blue, like the sea');
  expect(brief).toContain('You go on with attempt 1');
  const places = (await readFile(project.at('places'), 'utf8')).trim().split('\n');
  expect(places[0]).toBe(places[1]);
  expect(project.show('callsheet/run-1/main', 'answer.txt')).toBe('half');
  expect(project.worktrees()).toEqual([]);
});

test('an answer that comes long before the run is resumed does not cost the attempt', async () => {
  await using project = await givenProject();
  await project.run([{ id: 'one' }], ASK);
  await project.callsheet('answer', await questionOf(project), 'Blue');
  // As if the person had come back the next day.
  await project.tamper('update task set lease_expires_ms = 1');
  const { code, report } = await project.start(['resume', '--json']).ended;
  expect(code).toBe(0);
  expect(report?.tasks[0]?.attempts).toHaveLength(1);
});

test('a task that is answered while the run goes on continues by itself', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }, { id: 'long' }],
    `case $T in long) until test -e "$F/go"; do sleep 0.05; done; echo x > x.txt;; *) ${ASK};; esac`,
  );
  await fileAppears(project.at('blocked-1'));
  await project.callsheet('answer', await questionOf(project), 'Blue');
  await engine.until((event) => event.type === 'task.done' && event.task === 'one');
  await project.write(project.at('go'), '');
  const { code, report } = await engine.ended;
  expect(code).toBe(0);
  expect(report?.tasks[0]?.attempts).toHaveLength(1);
});

test('an answer that comes before the asking process has ended is not lost', async () => {
  await using project = await givenProject();
  const script = `case $(test -e asked && echo again) in
    again) cp "$CALLSHEET_BRIEF" "$F/brief"; rm asked; echo done > answer.txt;;
    *) touch asked; callsheet task block one "Which colour?" > /dev/null; touch "$F/blocked"; until test -e "$F/go"; do sleep 0.05; done;;
  esac`;
  const engine = await project.begin([{ id: 'one' }], script);
  await fileAppears(project.at('blocked'));
  await project.callsheet('answer', await questionOf(project), 'Green');
  await project.write(project.at('go'), '');
  const { code, report } = await engine.ended;
  expect(code).toBe(0);
  expect(report?.tasks[0]?.attempts).toHaveLength(1);
  expect(await readFile(project.at('brief'), 'utf8')).toContain('> Green');
});

test('the next attempt is told what was answered to an earlier one', async () => {
  await using project = await givenProject();
  const script = `case $N$(test -e asked && echo again) in
    1again) exit 1;;
    1) touch asked; callsheet task block one "Which colour?" > /dev/null; touch "$F/blocked";;
    *) cp "$CALLSHEET_BRIEF" "$F/brief"; echo done > answer.txt;;
  esac`;
  const engine = await project.begin(
    [{ id: 'one' }, { id: 'wait' }],
    `case $T in wait) until test -e "$F/brief"; do sleep 0.05; done; echo x > x.txt;; *) ${script};; esac`,
  );
  await fileAppears(project.at('blocked'));
  await project.callsheet('answer', await questionOf(project), 'Red');
  expect((await engine.ended).code).toBe(0);
  expect(await readFile(project.at('brief'), 'utf8')).toContain('> Red');
});

test('an open question is withdrawn when its task ends without an answer', async () => {
  await using project = await givenProject();
  await project.run(
    [{ id: 'one' }],
    'callsheet send QUESTION --to human "Is this wanted?" > /dev/null; echo x > x.txt',
  );
  expect(await project.sql("select id from message where question = 'open'")).toEqual([]);
});

test('a paused task stops at once and goes on in its workspace when it is resumed', async () => {
  await using project = await givenProject();
  const script =
    'if test -e part.txt; then echo more >> part.txt; else echo part > part.txt; touch "$F/begun"; exec sleep 1000; fi';
  const engine = await project.begin(
    [{ id: 'one' }, { id: 'two' }],
    `case $T in two) until test -e "$F/go"; do sleep 0.05; done; echo x > x.txt;; *) ${script};; esac`,
  );
  await fileAppears(project.at('begun'));
  expect((await project.callsheet('task', 'pause', 'one')).code).toBe(0);
  await engine.until((event) => event.type === 'agent.ended');
  expect((await project.callsheet('task', 'resume', 'one')).code).toBe(0);
  await engine.until((event) => event.type === 'task.done' && event.task === 'one');
  await project.write(project.at('go'), '');
  const { code, report } = await engine.ended;
  expect(code).toBe(0);
  expect(report?.tasks[0]?.attempts).toHaveLength(1);
  expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part\nmore');
});

test('a cancelled task is stopped and its work kept; what depends on it leaves the run waiting', async () => {
  await using project = await givenProject();
  const engine = await project.begin(
    [{ id: 'one' }, { id: 'after', after: ['one'] }],
    'echo part > part.txt; touch "$F/begun"; exec sleep 1000',
  );
  await fileAppears(project.at('begun'));
  expect((await project.callsheet('task', 'cancel', 'one')).code).toBe(0);
  const { code, report } = await engine.ended;
  expect(code).toBe(3);
  expect(report?.reason).toContain('cancelled');
  expect(project.refs('refs/callsheet/snapshots').map((ref) => project.show(ref, 'part.txt'))).toContain(
    'part',
  );
  expect(project.left()).toEqual([]);
});

test('more or fewer workers in mid-run', async () => {
  await using project = await givenProject();
  const tasks = ['one', 'two', 'three'].map((id) => ({ id }));
  const engine = await project.begin(
    tasks,
    'touch "$F/begun-$T"; until test -e "$F/go"; do sleep 0.05; done; echo x > "$T.txt"',
    { args: ['-w', '1'] },
  );
  await fileAppears(project.at('begun-one'));
  expect(existsSync(project.at('begun-two'))).toBe(false);
  await project.callsheet('workers', '3');
  await fileAppears(project.at('begun-two'));
  await fileAppears(project.at('begun-three'));
  await project.write(project.at('go'), '');
  expect((await engine.ended).code).toBe(0);
});

test('with no workers, what is under way ends, and the run waits for the person who says how many', async () => {
  await using project = await givenProject();
  const tasks = ['one', 'two'].map((id) => ({ id }));
  const engine = await project.begin(
    tasks,
    'touch "$F/begun-$T"; until test -e "$F/go"; do sleep 0.05; done; echo x > "$T.txt"',
    { args: ['-w', '1'] },
  );
  await fileAppears(project.at('begun-one'));
  await project.callsheet('workers', '0');
  await project.write(project.at('go'), '');
  const { code, report } = await engine.ended;
  expect(code).toBe(3);
  expect(report).toMatchObject({ reason: 'it has 0 workers: callsheet resume -w N' });
  expect(await project.sql('select id, state from task order by id')).toEqual([
    { id: 'one', state: 'done' },
    { id: 'two', state: 'ready' },
  ]);
  expect((await project.start(['resume', '--json', '-w', '1']).ended).code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'two.txt')).toBe('x');
});

test('the token of an earlier attempt is refused, and so is a write to an attempt that was taken away', async () => {
  await using project = await givenProject();
  const { code } = await project.run(
    [{ id: 'one' }],
    `case $N in
      1) echo "$CALLSHEET_TOKEN" > "$F/token"; exit 1;;
      2) callsheet task progress one --attempt 1 hello > "$F/own" 2>&1 || echo "exit $?" >> "$F/own"
         CALLSHEET_TOKEN=$(cat "$F/token") callsheet task complete one --attempt 2 stolen > "$F/other" 2>&1 || echo "exit $?" >> "$F/other"
         echo x > x.txt;;
    esac`,
  );
  expect(code).toBe(0);
  expect(await readFile(project.at('own'), 'utf8')).toMatch(/LEASE_LOST|does not hold[\s\S]*exit 3/);
  expect(await readFile(project.at('other'), 'utf8')).toMatch(/names no live session[\s\S]*exit 3/);
});
