import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { givenPlace, linesOf, planOf, runOf, WRITER } from './given-place.js';

describe('where it is run', () => {
  test('from a folder below, the plan beside it', async () => {
    const place = givenPlace({ 'deep/er/a.txt': '' });
    place.write({ 'deep/plan.yaml': planOf([{ id: 'one' }]) });
    const ended = await runCallsheet(
      join(place.root, 'deep/er'),
      ['run', '--plan', '../plan.yaml', '--agent', WRITER, '--yes', '--into', 'main'],
      place.env,
    );
    expect(ended.code).toBe(0);
    expect(place.read('one.txt')).toBe('done\n');
  });

  test('from a linked worktree: its branch is the base', async () => {
    const place = givenPlace();
    place.git('worktree', 'add', '--quiet', '-b', 'side', '../side');
    const side = join(place.folder, 'side');
    place.write({ '../plan.yaml': planOf([{ id: 'one' }]) });
    const ended = await runCallsheet(
      side,
      ['run', '--json', '--plan', '../plan.yaml', '--agent', WRITER, '--yes'],
      place.env,
    );
    expect(ended.code).toBe(0);
    expect(linesOf(ended.stdout).at(-1)).toMatchObject({ baseBranch: 'side', state: 'finished' });
  });

  test('in a bare repository: its configuration is what its branch says', async () => {
    const place = givenPlace();
    place.commit({ 'callsheet.config.yaml': 'workers: 1\ngate: test -f a.txt\n' });
    const bare = join(place.folder, 'bare.git');
    place.git('clone', '--quiet', '--bare', place.root, bare);
    place.write({ 'plan.yaml': planOf([{ id: 'one' }]) });
    const ended = await runCallsheet(
      bare,
      [
        'run',
        '--json',
        '--plan',
        join(place.root, 'plan.yaml'),
        '--agent',
        WRITER,
        '--yes',
        '--into',
        'main',
      ],
      place.env,
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const lines = linesOf(ended.stdout);
    expect(lines[1]).toMatchObject({ workers: 1, gate: 'test -f a.txt' });
    expect(lines.at(-1)).toMatchObject({ landedInto: 'main', baseGate: 'green' });
  });
});

describe('uncommitted changes', () => {
  test('are not in the base, and said so; the plan file itself is no such change', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }]) });
    expect((await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, '--dry-run')).stderr).toBe(
      '',
    );
    place.write({ 'a.txt': 'changed\n', 'new.txt': '' });
    const { stderr } = await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, '--dry-run');
    expect(stderr).toContain('Uncommitted changes are not in the base: a.txt, new.txt.');
    expect(stderr).toContain('--with-changes');
  });

  test('are the base with --with-changes, and the checkout stays as it is', async () => {
    const place = givenPlace();
    place.write({
      'plan.yaml': planOf([{ id: 'one' }], { gate: 'grep -q changed a.txt && test -f new.txt' }),
      'a.txt': 'changed\n',
      'new.txt': '',
    });
    place.git('add', 'a.txt');
    const before = [place.git('status', '--porcelain'), place.git('rev-parse', 'HEAD')];
    const { code } = await runOf(place, '--plan', 'plan.yaml', '--with-changes');
    expect(code).toBe(0);
    expect([place.git('status', '--porcelain'), place.git('rev-parse', 'HEAD')]).toEqual(before);
    expect(place.git('show', 'callsheet/run-1/main:a.txt')).toBe('changed');
  });

  test('without any, the base is the branch itself', async () => {
    const place = givenPlace();
    place.commit({ 'plan.yaml': planOf([{ id: 'one' }]) });
    const { report } = await runOf(place, '--plan', 'plan.yaml', '--with-changes');
    expect(report['baseCommit']).toBe(place.git('rev-parse', 'HEAD'));
  });
});

test('an agent of the configuration may be a script beside it, wherever the command is given', async () => {
  const place = givenPlace();
  place.commit({
    'agents/script.yaml': 'tasks:\n  one:\n    - write: {file: one.txt, text: scripted}\n',
    'callsheet.config.yaml': 'agent: scripted:agents/script.yaml\n',
  });
  mkdirSync(join(place.root, 'below'));
  place.write({ 'below/plan.yaml': planOf([{ id: 'one' }]) });
  const ended = await runCallsheet(
    join(place.root, 'below'),
    ['run', '--json', '--plan', 'plan.yaml', '--yes'],
    place.env,
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
});
