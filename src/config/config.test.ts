import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallsheetError } from '../error/index.js';
import type { PlanProblem, Preparation } from '../plan/index.js';
import {
  CONFIG_FILE,
  mergePreparation,
  parseConfig,
  proposedSetup,
  readConfig,
  setupInputsOf,
} from './index.js';

const nothing: Preparation = { copy: [], keep: [], env: {}, resources: {} };

describe('the configuration of a repository', () => {
  let root: string;
  let path: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'callsheet-config-'));
    path = join(root, CONFIG_FILE);
  });
  afterEach(() => rm(root, { recursive: true }));

  test('is empty without the file, and with an empty one', async () => {
    expect(await readConfig(root)).toEqual(nothing);
    await writeFile(path, '# later\n');
    expect(await readConfig(root)).toEqual(nothing);
  });

  test('is read with every key', async () => {
    await writeFile(
      path,
      `gate: npm test\nsetup: npm ci\nenv: {PORT: "{4000+slot}"}\nagent: "command:./agent.sh"\nmodel: small
workers: 4\ntimeout: 30m\nstartTimeout: 20s\nsilenceTimeout: 5m\ngateTimeout: 10m\nattempts: 2\ninto: release/1.x\n`,
    );
    expect(await readConfig(root)).toEqual({
      ...nothing,
      gate: 'npm test',
      setup: 'npm ci',
      env: { PORT: '{4000+slot}' },
      agent: 'command:./agent.sh',
      model: 'small',
      workers: 4,
      timeoutMs: 1_800_000,
      startTimeoutMs: 20_000,
      silenceTimeoutMs: 300_000,
      gateTimeoutMs: 600_000,
      attempts: 2,
      into: 'release/1.x',
    });
  });

  test('may be a link inside the repository, not one that leads out', async () => {
    await mkdir(join(root, 'tools'));
    await writeFile(join(root, 'tools', 'callsheet.yaml'), 'workers: 2');
    await symlink('tools/callsheet.yaml', path);
    expect(await readConfig(root)).toMatchObject({ workers: 2 });
    for (const target of ['/etc/hostname', 'missing', CONFIG_FILE, root]) {
      await rm(path);
      await symlink(target, path);
      await expect(readConfig(root)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE', exit: 'usage' });
    }
  });

  test('is refused when it is no file, or over 1 MB', async () => {
    await mkdir(path);
    await expect(readConfig(root)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
    await rm(path, { recursive: true });
    await writeFile(path, '');
    await truncate(path, 2_000_000);
    await expect(readConfig(root)).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
  });
});

describe('a mistake in the configuration is refused with its place', () => {
  test.each([
    ['worker: 3', 'UNKNOWN_KEY', 'workers'],
    ['goal: x', 'UNKNOWN_KEY', undefined],
    ['workers: 0', 'BAD_WORKERS', undefined],
    ['workers: 65', 'BAD_WORKERS', undefined],
    ['timeout: long', 'BAD_DURATION', undefined],
    ['attempts: 1.5', 'BAD_ATTEMPTS', undefined],
    ['agent: [claude]', 'WRONG_TYPE', undefined],
    ['agent: -x', 'BAD_NAME', undefined],
    ['copy: [/etc/passwd]', 'PATH_OUTSIDE', undefined],
    ['into: --upload-pack=x', 'BAD_BRANCH', undefined],
    ['into: a..b', 'BAD_BRANCH', undefined],
    ['into: "@{-1}"', 'BAD_BRANCH', undefined],
    ['into: x.lock', 'BAD_BRANCH', undefined],
    ['into: "ext::sh"', 'BAD_BRANCH', undefined],
    ['- x', 'WRONG_TYPE', undefined],
  ])('%s', async (line, code, instead) => {
    const error = await parseConfig(`# first line\n${line}\n`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exit: 'usage' });
    const [problem, ...others] = (error as CallsheetError).data as PlanProblem[];
    expect(problem).toMatchObject({ file: CONFIG_FILE, line: 2, code });
    expect(others).toEqual([]);
    if (instead !== undefined) expect(problem?.instead).toBe(instead);
  });
});

describe('preparation', () => {
  test('of an option counts over the plan over the configuration', () => {
    const config = { ...nothing, gate: 'a', setup: 'a', copy: ['.env'], env: { A: '1', B: '1' }, workers: 3 };
    const plan = { ...nothing, gate: 'b', copy: ['.env', '.token'], env: { B: '2' }, resources: { db: 2 } };
    expect(mergePreparation(config, plan, { gate: 'c', resources: { db: 1 } })).toEqual({
      gate: 'c',
      setup: 'a',
      copy: ['.env', '.token'],
      keep: [],
      env: { A: '1', B: '2' },
      resources: { db: 1 },
    });
  });

  test.each([
    [['package.json', 'package-lock.json'], 'npm ci'],
    [['pnpm-lock.yaml', 'package-lock.json'], 'pnpm install --frozen-lockfile'],
    [['yarn.lock'], 'yarn install --frozen-lockfile'],
    [['yarn.lock', '.yarnrc.yml'], 'yarn install --immutable'],
    [['bun.lockb'], 'bun install --frozen-lockfile'],
    [['package-lock.json', 'uv.lock'], 'npm ci && uv sync'],
    [['Gemfile.lock'], 'bundle install'],
    [['Cargo.lock', 'go.sum', 'README.md'], undefined],
    [['requirements.txt'], undefined],
  ])('with %j is proposed as %s', (files, expected) => {
    expect(proposedSetup(files)).toBe(expected);
  });

  test('runs again when a stated input changed, else a lock file', () => {
    expect(setupInputsOf({ setupInputs: ['a'] })).toEqual(['a']);
    expect(setupInputsOf({})).toEqual(expect.arrayContaining(['package-lock.json', 'Cargo.lock']));
  });
});
