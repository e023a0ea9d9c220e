import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { errorIn, fakeProgram, givenPlace, obstaclesOf, planOf, WRITER } from './given-place.js';

const PLAN = planOf([{ id: 'one' }]);

test('everything that stands in the way is said at once, mistakes in plan and configuration too', async () => {
  const place = givenPlace();
  place.commit({ 'callsheet.config.yaml': 'worker: 3\ninto: nowhere\n' });
  place.write({ 'plan.yaml': planOf([{ id: 'one', filez: [] }], { copy: ['.env'] }) });
  place.git('branch', 'callsheet');
  place.git('checkout', '--quiet', '--detach');
  const { codes, exit, text } = await obstaclesOf(place, '--plan', 'plan.yaml', '--into', 'elsewhere');
  expect(codes).toEqual([
    'CONFIG_INVALID',
    'PLAN_INVALID',
    'HEAD_DETACHED',
    'BRANCH_CALLSHEET',
    'AGENT_MISSING',
    'INTO_UNKNOWN',
  ]);
  expect(exit).toBe(2);
  expect(text).toContain('callsheet.config.yaml:1:1: Unknown key `worker`. Write: workers');
  expect(text).toContain('plan.yaml:1:');
  expect(text).toContain('command:');
  expect(text.match(/Nothing was/g)).toHaveLength(1);
});

test('outside a repository nothing can be run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-none-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ended = await runCallsheet(folder, ['run', '--json']);
  expect(ended.code).toBe(3);
  expect(errorIn(ended)).toMatchObject({ code: 'NOT_A_REPOSITORY' });
});

test('git older than 2.38 is refused with its version', async () => {
  const place = givenPlace();
  place.write({ 'plan.yaml': PLAN });
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const env = fakeProgram(
    place,
    'git',
    `case "$*" in *version) echo "git version 2.37.9";; *) exec ${real} "$@";; esac`,
  );
  const ended = await runCallsheet(
    place.root,
    ['run', '--json', '--plan', 'plan.yaml', '--agent', WRITER],
    env,
  );
  expect(ended.code).toBe(3);
  expect(errorIn(ended)).toMatchObject({
    code: 'GIT_OLD',
    message: expect.stringContaining('2.37.9') as string,
  });
});

describe('where HEAD is', () => {
  test('a repository without a commit is refused', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': PLAN });
    place.git('checkout', '--quiet', '--orphan', 'callsheet');
    expect((await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', WRITER)).codes).toEqual([
      'HEAD_UNBORN',
      'BRANCH_CALLSHEET',
    ]);
  });

  test('the branch on which one stands may not be named callsheet either', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': PLAN });
    place.git('branch', '--move', 'callsheet');
    expect(await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', WRITER)).toMatchObject({
      codes: ['BRANCH_CALLSHEET'],
      exit: 3,
    });
  });
});

describe('the agent', () => {
  test.each([
    ['claude', 'DRIVER_UNKNOWN', 2],
    ['nonsense:x', 'DRIVER_UNKNOWN', 2],
    ['command:', 'DRIVER_UNKNOWN', 2],
    ['command:no-such-program --x', 'AGENT_UNUSABLE', 3],
    ['scripted:missing.yaml', 'AGENT_UNUSABLE', 3],
  ])('%s is refused', async (agent, code, exit) => {
    const place = givenPlace();
    place.write({ 'plan.yaml': PLAN });
    expect(await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', agent)).toMatchObject({
      codes: [code],
      exit,
    });
  });

  test('is named by whoever runs it: without one the refusal says how', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': PLAN });
    const ended = await place.callsheet('run', '--plan', 'plan.yaml');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('--agent "command:CMD"');
  });
});

test('workspaces that the disk cannot hold are refused with the numbers', async () => {
  const place = givenPlace();
  // Little in git, much in a checkout: one compressible file under many names.
  const blob = execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: place.root,
    input: Buffer.alloc(64 * 1024 * 1024),
    encoding: 'utf8',
  }).trim();
  const entries = Array.from({ length: 4_000 }, (_, index) => `100644 blob ${blob}\tbig-${index}\n`).join('');
  const tree = execFileSync('git', ['mktree'], { cwd: place.root, input: entries, encoding: 'utf8' }).trim();
  const commit = place.git('commit-tree', tree, '-m', 'Much');
  place.git('update-ref', 'refs/heads/much', commit);
  place.git('symbolic-ref', 'HEAD', 'refs/heads/much');
  place.write({ 'plan.yaml': PLAN });
  const { codes, text } = await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', WRITER, '-w', '64');
  expect(codes).toEqual(['DISK_LOW']);
  expect(text).toMatch(/65 workspaces of this repository need \d+ MiB .* has \d+ MiB free/);
});

test.each([
  ['of the checkout', ['sparse-checkout', 'set', 'here']],
  ['of the repository', ['config', 'core.sparseCheckout', 'yes']],
])('a sparse checkout, by the configuration %s, is refused until it is whole', async (_, command) => {
  const place = givenPlace();
  place.commit({ 'here/a.txt': 'a\n', 'there/b.txt': 'b\n' });
  place.git(...command);
  place.write({ 'plan.yaml': PLAN });
  const refused = await place.callsheet('run', '--yes', '--json', '--plan', 'plan.yaml', '--agent', WRITER);
  expect(refused.code).toBe(3);
  expect(errorIn(refused)).toMatchObject({
    code: 'SPARSE_CHECKOUT',
    hint: expect.stringContaining('git sparse-checkout disable') as string,
  });

  place.git('sparse-checkout', 'disable');

  const gate = 'test -e here/a.txt && test -e there/b.txt';
  const ended = await place.callsheet(
    ...['run', '--yes', '--plan', 'plan.yaml', '--agent', WRITER, '--gate', gate],
  );
  expect(ended.code, ended.stderr).toBe(0);
});

describe("the repository's own configuration of git", () => {
  test('is asked for when it runs a program', async () => {
    const place = givenPlace();
    place.write({ 'plan.yaml': PLAN });
    place.git('config', 'filter.tidy.clean', 'tidy %f');
    const refused = await place.callsheet('run', '--json', '--plan', 'plan.yaml', '--agent', WRITER);
    expect(refused.code).toBe(3);
    expect(errorIn(refused)).toMatchObject({
      code: 'CONSENT_NEEDED',
      data: ['git config filter.tidy.clean: tidy %f'],
    });
  });

  test('is refused when it comes from a file that is included', async () => {
    const place = givenPlace();
    place.commit({ 'shared.gitconfig': '[filter "tidy"]\n\tclean = tidy\n', 'plan.yaml': PLAN });
    place.git('config', 'include.path', join(place.root, 'shared.gitconfig'));
    expect((await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', WRITER)).codes).toEqual([
      'FOREIGN_CONFIG',
    ]);
  });

  test('submodules, LFS and merge drivers are named', async () => {
    const place = givenPlace();
    place.commit({ '.gitattributes': '*.bin filter=lfs\n*.lock merge=ours\n', 'plan.yaml': PLAN });
    place.git('update-index', '--add', '--cacheinfo', `160000,${place.git('rev-parse', 'HEAD')},vendor/sub`);
    place.git('commit', '--quiet', '-m', 'A submodule');
    const { stderr, code } = await place.callsheet(
      'run',
      '--plan',
      'plan.yaml',
      '--agent',
      WRITER,
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('vendor/sub');
    expect(stderr).toContain('LFS');
    expect(stderr).toContain('drivers of the repository: ours');
  });
});

test('a folder to start in that is not there is refused', async () => {
  const place = givenPlace();
  place.write({
    'plan.json': JSON.stringify({
      working_directory: 'service',
      tasks: [{ id: 'a', description: 'Create a.txt there', status: 'available' }],
    }),
  });
  expect((await obstaclesOf(place, '--plan', 'plan.json', '--agent', WRITER)).codes).toEqual([
    'START_FOLDER_MISSING',
  ]);
});

test('what `copy:` names must be there', async () => {
  const place = givenPlace();
  place.write({ 'plan.yaml': planOf([{ id: 'one' }], { copy: ['.env'] }) });
  expect((await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', WRITER)).codes).toEqual([
    'COPY_MISSING',
  ]);
});

test('a budget is not built yet, so it is not accepted', async () => {
  const place = givenPlace();
  const ended = await place.callsheet('run', '--budget', '5', '--json');
  expect(ended.code).toBe(2);
  expect(errorIn(ended).code).toBe('OPTION_UNKNOWN');
});
