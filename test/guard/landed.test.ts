import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { git } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

test.each([
  ['land', [], ['land', '--into', 'main']],
  ['the end of a run', ['--into', 'main'], undefined],
] as const)(
  'what %s brings to a checkout reaches those who have seen it before, with who and for which task',
  async (_, into, land) => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES, 'c.txt': TEN_LINES });
    const { root } = given;
    const folder = mkdtempSync(join(tmpdir(), 'callsheet-landed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const plan = join(folder, 'plan.json');
    const task = { id: 'limiter', title: 'Limit it', spec: 'x' };
    writeFileSync(plan, JSON.stringify({ goal: 'Limit', gate: 'true', tasks: [task] }));
    const callsheet = async (...args: string[]) => {
      const { code, stderr } = await runCallsheet(root, args, { HOME: folder });
      expect(code, stderr).toBe(0);
    };
    const ada = await given.session();
    await ada.bash('cat a.txt b.txt');
    const agent = 'command:sed -i s/two/TWO/ a.txt c.txt';
    await callsheet('run', '--plan', plan, '--agent', agent, '--yes', '--as', 'mia', ...into);
    if (land !== undefined) {
      expect((await ada.afterBatch()).told).toBeUndefined();
      await callsheet(...land, '--yes', '--as', 'mia');
    }
    const { told } = await ada.afterBatch();
    expect(told).toMatch(/a\.txt has changed since you last saw it: \w+ \(task limiter: Limit it\) wrote it/);
    expect(told).toContain('+TWO');
    // Nobody has seen it, so nobody has to be told of it.
    expect((await given.writes()).map(({ path }) => path)).toEqual(['a.txt']);
    expect((await ada.write('b.txt', 'x\n')).refused).toBeUndefined();
    expect((await ada.afterBatch()).told).toBeUndefined();
  },
);

test("what a session's branch brings to a checkout reaches those who have seen it before", async () => {
  const given = await givenSessions({ 'a.txt': TEN_LINES });
  const { root } = given;
  const worktree = `${root}-fix`;
  onTestFinished(() => rmSync(worktree, { recursive: true, force: true }));
  git(root, 'worktree', 'add', '--quiet', '-b', 'fix', worktree);
  writeFileSync(join(worktree, 'a.txt'), TEN_LINES.replace('two', 'TWO'));
  git(worktree, 'commit', '--quiet', '--all', '-m', 'Shout');
  const ada = await given.session();
  await ada.read('a.txt');
  const { code, stderr } = await runCallsheet(
    worktree,
    ['land', '--branch', 'fix', '--into', 'main', '--yes', '--as', 'mia'],
    { HOME: worktree },
  );
  expect(code, stderr).toBe(0);
  const { told } = await ada.afterBatch();
  expect(told).toMatch(/a\.txt has changed since you last saw it: mia wrote it/);
  expect(told).toContain('+TWO');
});
