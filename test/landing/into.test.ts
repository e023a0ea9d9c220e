import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { landInto, mergeTarget } from '../../src/landing/index.js';
import { findRun, integrationRef } from '../../src/run/index.js';
import { targetFollower } from '../../src/supervisor/target.js';
import { countedGate, givenSite, type GivenSite, type SiteWishes } from '../support/given-site.js';

/** A run that has landed `a.txt` and a new file. */
async function givenLanded(wishes: SiteWishes = {}): Promise<GivenSite> {
  const site = await givenSite({
    files: { 'a.txt': 'one\n', 'b.txt': 'one\n', '.gitignore': 'ignored.txt\n' },
    ...wishes,
  });
  await site.finish('a', { 'a.txt': 'of a\n', 'new/file.txt': 'new\n' });
  await site.land();
  return site;
}

function into(site: GivenSite, branch: string) {
  return landInto(site, site.lane, branch);
}

function read(site: GivenSite, path: string): string {
  return readFileSync(join(site.root, path), 'utf8');
}

test('a branch that is checked out nowhere is moved forward', async () => {
  await using site = await givenLanded();
  site.git('branch', 'release');
  const head = site.integrationHead();
  expect(await into(site, 'release')).toEqual({ branch: 'release', commit: head, wasThere: false });
  expect(site.git('rev-parse', 'release')).toBe(head);
  expect(site.git('rev-parse', 'main')).toBe(site.base);
  expect(read(site, 'a.txt')).toBe('one\n');
  expect(await findRun(site.store, site.run.id)).toMatchObject({ landedInto: 'release' });
});

test('a branch that is checked out is moved with its files', async () => {
  await using site = await givenLanded();
  await into(site, 'main');
  expect(site.git('rev-parse', 'HEAD')).toBe(site.integrationHead());
  expect(site.git('symbolic-ref', '--short', 'HEAD')).toBe('main');
  expect(site.git('status', '--porcelain')).toBe('');
  expect(read(site, 'new/file.txt')).toBe('new\n');
});

test('a branch that has everything already is left alone', async () => {
  await using site = await givenLanded();
  await into(site, 'main');
  expect(await into(site, 'main')).toMatchObject({ wasThere: true, commit: site.integrationHead() });
});

test('uncommitted changes elsewhere are no hindrance, and stay', async () => {
  await using site = await givenLanded();
  site.write({ 'b.txt': 'mine\n', 'untracked.txt': 'mine\n' });
  site.git('add', 'b.txt');
  await into(site, 'main');
  expect(site.git('rev-parse', 'HEAD')).toBe(site.integrationHead());
  expect(site.git('status', '--porcelain')).toBe('M  b.txt\n?? untracked.txt');
});

test.each([
  { what: 'a changed file', files: { 'a.txt': 'mine\n' }, named: 'a.txt' },
  { what: 'an untracked file', files: { 'new/file.txt': 'mine\n' }, named: 'new/file.txt' },
  { what: 'an untracked file where a folder would be', files: { new: 'mine\n' }, named: 'new' },
  {
    what: 'an untracked folder where a file would be',
    files: { 'new/file.txt/mine.txt': 'mine\n' },
    named: 'new/file.txt/mine.txt',
  },
])('$what in the way keeps the branch where it is', async ({ files, named }) => {
  await using site = await givenLanded();
  site.write(files);
  await expect(into(site, 'main')).rejects.toMatchObject({
    code: 'LAND_DIRTY',
    message: expect.stringContaining(`in the way: ${named}. Nothing was moved.`),
  });
  expect(site.git('rev-parse', 'HEAD')).toBe(site.base);
  expect(read(site, named)).toBe('mine\n');
});

test('an ignored file in the way is not written over', async () => {
  await using site = await givenSite({ files: { 'a.txt': 'one\n', '.gitignore': 'secret\n' } });
  await site.finish('a', { '.gitignore': null, secret: 'of a\n' });
  await site.land();
  site.write({ secret: 'mine\n' });
  await expect(into(site, 'main')).rejects.toMatchObject({ code: 'LAND_DIRTY' });
  expect(read(site, 'secret')).toBe('mine\n');
  expect(site.git('rev-parse', 'HEAD')).toBe(site.base);
});

test('a file whose name reads like a pattern is in the way of itself only', async () => {
  await using site = await givenSite({ files: { 'src/[id].ts': 'one\n', 'src/i.ts': 'one\n' } });
  await site.finish('a', { 'src/[id].ts': 'of a\n' });
  await site.land();
  site.write({ 'src/i.ts': 'mine\n' });
  await into(site, 'main');
  expect(read(site, 'src/[id].ts')).toBe('of a\n');
  expect(read(site, 'src/i.ts')).toBe('mine\n');
});

test('a branch that is checked out in another worktree is moved there', async () => {
  await using site = await givenLanded();
  const elsewhere = join(site.folder, 'elsewhere');
  site.git('worktree', 'add', '-q', '-b', 'release', elsewhere);
  await into(site, 'release');
  expect(existsSync(join(elsewhere, 'new/file.txt'))).toBe(true);
  expect(existsSync(join(site.root, 'new/file.txt'))).toBe(false);
});

test('a branch that is checked out twice is left alone', async () => {
  await using site = await givenLanded();
  site.git('worktree', 'add', '-q', '--force', join(site.folder, 'elsewhere'), 'main');
  await expect(into(site, 'main')).rejects.toMatchObject({
    code: 'LAND_DIRTY',
    message: expect.stringContaining('checked out twice'),
  });
  expect(site.git('rev-parse', 'main')).toBe(site.base);
});

test('a branch that has moved is merged in first, and tested', async () => {
  await using site = await givenLanded({ gate: countedGate('true') });
  const mine = site.commit({ 'b.txt': 'mine\n' });
  const before = site.integrationHead();
  const runs = site.gateRuns().length;

  const { commit } = await into(site, 'main');

  expect(site.git('show', '--no-patch', '--format=%P', commit)).toBe(`${before} ${mine}`);
  expect(site.integrationHead()).toBe(commit);
  expect(site.gateRuns().slice(runs)).toEqual([commit]);
  expect([read(site, 'a.txt'), read(site, 'b.txt')]).toEqual(['of a\n', 'mine\n']);
  expect((await site.events('target.merged')).map((event) => event.data)).toEqual([
    { branch: 'main', target: mine, commit },
  ]);
});

test('a branch that has moved and conflicts moves nothing', async () => {
  await using site = await givenLanded();
  const mine = site.commit({ 'a.txt': 'mine\n' });
  const before = site.integrationHead();
  await expect(into(site, 'main')).rejects.toMatchObject({
    code: 'LAND_CONFLICT',
    message: expect.stringContaining('in a.txt. Nothing was moved.'),
  });
  expect([site.git('rev-parse', 'main'), site.integrationHead()]).toEqual([mine, before]);
});

test('a branch that has moved and makes the gate red moves nothing', async () => {
  await using site = await givenLanded({ gate: 'echo checked; test ! -e bad' });
  const mine = site.commit({ bad: '' });
  const before = site.integrationHead();
  await expect(into(site, 'main')).rejects.toMatchObject({
    code: 'LAND_RED',
    message: expect.stringMatching(/ended with 1:\nchecked/),
  });
  expect([site.git('rev-parse', 'main'), site.integrationHead()]).toEqual([mine, before]);
});

test('a branch with no history in common is refused', async () => {
  await using site = await givenLanded();
  const orphan = site.git('commit-tree', `${site.base}^{tree}`, '-m', 'orphan');
  site.git('branch', 'orphan', orphan);
  await expect(into(site, 'orphan')).rejects.toMatchObject({ code: 'LAND_UNRELATED' });
  expect(await mergeTarget(site, site.lane, orphan, 'orphan')).toEqual({ kind: 'unrelated' });
});

test.each([
  'nowhere',
  '-x',
  '--force',
  'a..b',
  '@{-1}',
  'main^',
  'main~1',
  '',
  'main main',
  ':/one',
  'HEAD',
  '../main',
  'refs/heads/main',
])('the name %j is no branch', async (name) => {
  await using site = await givenLanded();
  site.git('switch', '-q', '-c', 'other');
  await expect(into(site, name)).rejects.toMatchObject({ code: 'BRANCH_UNKNOWN', exit: 'usage' });
});

test('without an integration branch there is nothing to land, and that is said', async () => {
  await using site = await givenLanded();
  site.git('update-ref', '-d', integrationRef(site.run.id));
  await expect(into(site, 'main')).rejects.toMatchObject({
    code: 'INTEGRATION_GONE',
    message: expect.stringContaining('callsheet/run-1/main'),
  });
});

test('a branch that moves while its merge is tested stays where it is', async () => {
  await using site = await givenLanded({ gate: 'true' });
  site.git('branch', 'release');
  const worktrees = site.repository.worktrees.bind(site.repository);
  site.repository.worktrees = async () => {
    site.git(
      'update-ref',
      'refs/heads/release',
      site.git('commit-tree', `${site.base}^{tree}`, '-p', site.base, '-m', 'meanwhile'),
    );
    return worktrees();
  };
  await expect(into(site, 'release')).rejects.toMatchObject({ code: 'LAND_MOVED' });
  expect(site.git('log', '-1', '--format=%s', 'release')).toBe('meanwhile');
});

test('a branch that went on after an earlier landing is left alone: nothing is merged into it', async () => {
  await using site = await givenLanded();
  await into(site, 'main');
  site.write({ 'more.txt': 'more\n' });
  site.git('add', '-A');
  site.git('commit', '-qm', 'more');
  const head = site.git('rev-parse', 'HEAD');
  const integration = site.integrationHead();
  expect(await into(site, 'main')).toEqual({ branch: 'main', commit: head, wasThere: true });
  expect([site.git('rev-parse', 'main'), site.integrationHead()]).toEqual([head, integration]);
});

test('nothing lands on an integration branch that somebody has checked out, and nothing is lost', async () => {
  await using site = await givenSite();
  const head = site.integrationHead();
  await site.finish('a', { 'new.txt': 'of a\n' });
  site.git('switch', '--quiet', `callsheet/${site.run.id}/main`);
  await expect(site.land()).rejects.toMatchObject({ code: 'INTEGRATION_HELD' });
  expect([site.integrationHead(), site.git('status', '--porcelain')]).toEqual([head, '']);
  site.git('switch', '--quiet', 'main');
  await site.land();
  expect(await site.landing('a')).toMatchObject({ state: 'landed' });
});

describe('a gate that is flaky with the branch that has moved', () => {
  const RED_THEN_GREEN = 'test ! -e mine || ! mkdir "$GATE_RUNS.once" 2>/dev/null || exit 1';

  async function givenFlaky(): Promise<GivenSite> {
    const site = await givenLanded({ gate: countedGate(RED_THEN_GREEN) });
    site.write({ mine: 'mine\n' });
    site.git('add', '--all');
    site.git('commit', '--quiet', '-m', 'Mine');
    return site;
  }

  test('keeps it where it is, and the refusal calls it flaky', async () => {
    await using site = await givenFlaky();
    const before = site.git('rev-parse', 'main');
    await expect(into(site, 'main')).rejects.toMatchObject({
      code: 'LAND_RED',
      message: expect.stringMatching(/the gate `.*` was red, then green on the same tree:/),
    });
    expect(site.git('rev-parse', 'main')).toBe(before);
  });

  test('keeps it out of the run, and the event says why', async () => {
    await using site = await givenFlaky();
    const before = site.integrationHead();
    expect(await targetFollower(site, site.lane, new AbortController().signal).follow()).toBe(false);
    const [held] = await site.events('target.held');
    expect(held?.data['reason']).toBe('merged with it the gate was red, then green on the same tree');
    expect(site.integrationHead()).toBe(before);
  });
});
