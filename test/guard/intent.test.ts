import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../src/operations/index.js';
import { givenSessions, TEN_LINES, type Session } from './given-sessions.js';

interface Stands {
  agents: { name: string; aboutToWrite: { path: string; checkout: string; since: string }[] }[];
}

async function givenIntents() {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
  const [ada, bo] = [await given.session(), await given.session()];
  const stands = () => given.call<Stands>('status', {}, { as: 'mia' });
  const paths = async () =>
    Object.fromEntries(
      (await stands()).agents.map(({ name, aboutToWrite }) => [name, aboutToWrite.map(({ path }) => path)]),
    );
  return { ...given, ada, bo, stands, paths };
}

const askEdit = (session: Session, name: string) =>
  session.ask('Edit', {
    file_path: join(session.cwd, name),
    old_string: 'two',
    new_string: 'TWO',
  });

function show(output: unknown): string {
  const status = OPERATIONS.find(({ name }) => name === 'status');
  return (status?.show as (output: unknown) => string)(output);
}

test('the file that a session is about to write is shown to all, until its tool has ended', async () => {
  const { ada, bo, root, clock, stands, paths, call } = await givenIntents();
  const since = new Date(clock.now()).toISOString();
  const { call: edit } = await askEdit(ada, 'a.txt');
  clock.advance(12_000);
  expect((await stands()).agents).toMatchObject([
    { name: 'ada', aboutToWrite: [{ path: 'a.txt', checkout: root, since }] },
    { name: 'bo', aboutToWrite: [] },
  ]);
  expect(show(await stands())).toMatch(/\nada .* about to write a\.txt \(12s\)/);
  const { sections } = await call<{ sections: { text: string }[] }>('brief', {}, { as: 'mia' });
  expect(sections.map(({ text }) => text).join('\n')).toContain(
    'ada (worker): no task; about to write a.txt',
  );
  await ada.afterBatch(edit);
  expect(await paths()).toEqual({ ada: [], bo: [] });
  await askEdit(bo, 'b.txt');
  expect(await paths()).toEqual({ ada: [], bo: ['b.txt'] });
});

test('a command is shown by the files that it names, and stands beside what was written', async () => {
  const { ada, stands, paths } = await givenIntents();
  await ada.edit('a.txt', 'two', 'TWO');
  await ada.ask('Bash', { command: 'cat a.txt > c.txt; make' });
  expect(await paths()).toEqual({ ada: ['c.txt'], bo: [] });
  expect(show(await stands())).toContain('about to write c.txt (0s); wrote a.txt');
});

test('a subagent has its own; what was refused is none', async () => {
  const { ada, bo, paths } = await givenIntents();
  const sub = await ada.subagent('one');
  await askEdit(sub, 'a.txt');
  await bo.read('a.txt');
  const refused = await bo.ask('Write', { file_path: join(bo.cwd, 'a.txt'), content: 'x\n' });
  expect(refused.refused).toContain('about to write');
  expect(await paths()).toEqual({ ada: [], 'ada.1': ['a.txt'], bo: [] });
});

test('what a killed client was about to write is not shown', async () => {
  const { session, paths } = await givenIntents();
  const client = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void client.kill('SIGKILL'));
  const cy = await session({ pid: client.pid ?? 0 });
  await askEdit(cy, 'b.txt');
  expect(await paths()).toMatchObject({ cy: ['b.txt'] });
  const gone = new Promise((resolve) => client.once('exit', resolve));
  client.kill('SIGKILL');
  await gone;
  expect(await paths()).not.toHaveProperty('cy');
});

test('of many files some are shown', async () => {
  const { ada, stands } = await givenIntents();
  const command = Array.from({ length: 15 }, (_, n) => `echo > f${n}.txt`).join('; ');
  await ada.ask('Bash', { command });
  expect((await stands()).agents[0]?.aboutToWrite).toHaveLength(10);
  expect(show(await stands())).toMatch(/about to write f0\.txt, .*more/);
});
