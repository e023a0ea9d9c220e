import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findEvents } from '../../src/event/index.js';
import { applyGitGuard, planGitGuard, planGitGuardRemoval } from '../../src/git-guard/index.js';
import { openRepository } from '../../src/git/index.js';
import { startSession } from '../../src/guard/index.js';
import { identityOf } from '../../src/process/index.js';
import { givenCheckout } from '../support/given-sheet.js';
import { givenSessions, put, TEN_LINES, type Session } from './given-sessions.js';

const IDENTITY = { NAME: 'Ada', EMAIL: 'ada@example.org' };
const ENV: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CALLSHEET|CLAUDE|CODEX|GIT)_/.test(name)),
  ),
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) =>
      Object.entries(IDENTITY).map(([what, value]) => [`GIT_${who}_${what}`, value]),
    ),
  ),
};

/** git as a person or an agent starts it, with its hooks. */
function git(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd,
    env: { ...ENV, ...env },
    encoding: 'utf8',
  });
  return { ok: status === 0, stdout, stderr };
}

async function install(root: string): Promise<void> {
  const plan = await planGitGuard(await openRepository(root));
  expect(plan.obstacle).toBeUndefined();
  await applyGitGuard(plan);
}

/** Two sessions in a checkout whose commits are looked at. */
async function givenGuarded(files: Record<string, string> = { 'a.txt': TEN_LINES, 'b.txt': 'b\n' }) {
  const given = await givenSessions(files);
  await install(given.root);
  const [ada, bo] = [await given.session(), await given.session()];
  const commitAs = (session: Session | undefined, ...args: string[]) =>
    git(session?.cwd ?? given.root, ['commit', '-qm', 'x', ...args], by(session));
  return { ...given, ada, bo, commitAs };
}

function by(session: Session | undefined): NodeJS.ProcessEnv {
  if (session === undefined) return {};
  return session.client === 'claude'
    ? { CLAUDE_CODE_SESSION_ID: session.id }
    : { CODEX_SESSION_ID: session.id };
}

describe('an agent’s commit', () => {
  test('of what another live session has at work is refused, and names it', async () => {
    const given = await givenGuarded();
    const { ada, bo, commitAs, sheet } = given;
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.edit('b.txt', 'b', 'c');
    const { ok, stderr } = commitAs(ada, '-a');
    expect(ok).toBe(false);
    expect(stderr).toMatch(/not committed[\s\S]*a\.txt: uncommitted work: bo wrote it/);
    expect(stderr).not.toContain('b.txt');
    expect(git(given.root, ['log', '--oneline']).stdout.trim().split('\n')).toHaveLength(1);
    expect(await findEvents(sheet.store, { type: 'commit.refused' })).toMatchObject([
      { data: { paths: ['a.txt'] } },
    ]);
    expect(commitAs(ada, '--', 'b.txt')).toEqual({ ok: true, stdout: '', stderr: '' });
    expect(commitAs(bo, '-a')).toEqual({ ok: true, stdout: '', stderr: '' });
  });

  test('is looked at as the client Codex names its session, too', async () => {
    const given = await givenGuarded();
    const cy = await given.session({ client: 'codex' });
    await given.bo.edit('a.txt', 'two', 'TWO');
    expect(given.commitAs(cy, '-a').stderr).toContain('bo wrote it');
  });

  test('is known by its process when nothing in the environment says whose it is', async () => {
    const given = await givenGuarded();
    const process_ = identityOf(process.pid);
    if (process_ === undefined) throw new Error('The test has a process');
    await startSession(given.guard, { client: 'other', sessionId: 'x', process: process_ });
    await given.bo.edit('a.txt', 'two', 'TWO');
    expect(given.commitAs(undefined, '-a')).toMatchObject({ ok: false });
  });

  test('of another’s work is refused, though the session has read all of it', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.read('a.txt');
    expect(commitAs(ada, '-a').stderr).toContain('a.txt: uncommitted work: bo wrote it');
    expect(commitAs(bo, '-a').ok).toBe(true);
  });

  test('of a file in which lines of both are is refused to each, whoever wrote it last', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.edit('a.txt', 'nine', 'NINE');
    expect(commitAs(ada, '-a').stderr).toMatch(/a\.txt: uncommitted work: bo wrote it[\s\S]*git add -p/);
    expect(commitAs(bo, '-a').stderr).toContain('a.txt: uncommitted work: ada wrote it');
  });

  test('of such a file passes for one that was refused it and has seen all of the file since', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.edit('a.txt', 'nine', 'NINE');
    const refused = { ok: false };
    expect(commitAs(ada, '-a')).toMatchObject(refused);
    expect(commitAs(ada, '-a'), 'it has not seen all of it').toMatchObject(refused);
    await ada.read('a.txt');
    await bo.edit('a.txt', 'three', 'THREE');
    expect(commitAs(ada, '-a'), 'there is more of the other').toMatchObject(refused);
    await ada.read('a.txt');
    expect(commitAs(ada, '-a').ok).toBe(true);
  });

  test('of its own lines of such a file passes, and then the other’s of the rest', async () => {
    const { ada, bo, commitAs, root } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.edit('a.txt', 'nine', 'NINE');
    // Split, and of the two the second.
    const picked = spawnSync('git', ['add', '-p', 'a.txt'], { cwd: root, env: ENV, input: 's\nn\ny\n' });
    expect(picked.status).toBe(0);
    expect(git(root, ['diff', '--cached']).stdout).not.toContain('TWO');
    expect(commitAs(ada)).toEqual({ ok: true, stdout: '', stderr: '' });
    expect(commitAs(ada, '-a').stderr).toContain('bo wrote it');
    expect(commitAs(bo, '-a').ok).toBe(true);
  });

  test('of what it has made of the other’s lines passes', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.read('a.txt');
    await ada.edit('a.txt', 'TWO', 'Two, and more');
    expect(commitAs(bo, '-a').stderr).toContain('ada wrote it');
    expect(commitAs(ada, '-a').ok).toBe(true);
  });

  test.each(['git mv a.txt z.txt', 'mv a.txt z.txt'])(
    'of the other’s lines in a file that it has moved is refused: %s',
    async (move) => {
      const { ada, bo, root, commitAs } = await givenGuarded();
      await bo.edit('a.txt', 'two', 'TWO');
      await ada.bash(move);
      await ada.read('z.txt');
      git(root, ['add', '-A']);
      const refused = /z\.txt: uncommitted work: bo wrote it/;
      expect(commitAs(ada).stderr).toMatch(refused);
      await ada.read('z.txt');
      expect(commitAs(ada).stderr, 'it has written nothing there itself').toMatch(refused);
      await bo.edit('z.txt', 'TWO', 'two');
      git(root, ['add', '-A']);
      expect(commitAs(ada)).toMatchObject({ ok: true, stderr: '' });
    },
  );

  test('of its own lines in a file that another has moved passes once it has been told of the move', async () => {
    const { ada, bo, root, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.bash('mv a.txt z.txt');
    git(root, ['add', 'z.txt']);
    expect(commitAs(bo).stderr).toContain('z.txt: uncommitted work: ada wrote it');
    await bo.read('z.txt');
    expect(commitAs(bo)).toMatchObject({ ok: true });
    expect(commitAs(ada, '-a')).toMatchObject({ ok: true, stderr: '' });
  });

  test('of a file that it has moved as it is committed passes, whoever wrote it before', async () => {
    const { ada, bo, root, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    expect(commitAs(bo, '-a').ok).toBe(true);
    await ada.bash('git mv a.txt z.txt');
    expect(commitAs(bo, '-a').stderr).toContain('z.txt: uncommitted work: ada wrote it');
    expect(commitAs(ada, '-a')).toMatchObject({ ok: true, stderr: '' });
    await ada.bash('git mv z.txt a.txt');
    await bo.edit('b.txt', 'b', 'c');
    expect(commitAs(ada, '-m', 'back')).toMatchObject({ ok: true, stderr: '' });
    expect(git(root, ['status', '--short']).stdout).toBe(' M b.txt\n');
  });

  test('of lines that another has taken out is refused', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two\nthree\n', '');
    await ada.edit('a.txt', 'nine', 'NINE');
    expect(commitAs(ada, '-a').stderr).toContain('bo wrote it');
  });

  test('of the other’s lines is refused also when a formatter has been over them', async () => {
    const { ada, bo, commitAs, put: save, text } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'two = [2]');
    await ada.read('a.txt');
    save('a.txt', text('a.txt').replace('two = [2]', '  two = [2];'));
    await ada.edit('a.txt', 'nine', 'NINE');
    expect(commitAs(ada, '-a').stderr).toContain('bo wrote it');
  });

  test('of a person’s lines passes where an agent’s are committed', async () => {
    const { ada, bo, commitAs, put: save, text } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    expect(commitAs(bo, '-a').ok).toBe(true);
    save('a.txt', text('a.txt').replace('five', 'FIVE'));
    expect(commitAs(ada, '-a').ok).toBe(true);
  });

  test('of a binary file is refused where another wrote it last', async () => {
    const { ada, bo, commitAs } = await givenGuarded({ 'a.txt': 'a\0', 'b.txt': 'b\n' });
    await bo.read('a.txt');
    await bo.bash('printf "b\\0" > a.txt');
    expect(commitAs(ada, '-a').stderr).toContain('bo wrote it');
    expect(commitAs(bo, '-a').ok).toBe(true);
  });

  test('of an older state of a file than the other’s work passes', async () => {
    const { ada, bo, commitAs, root } = await givenGuarded();
    await ada.edit('a.txt', 'two', 'TWO');
    git(root, ['add', 'a.txt']);
    await bo.edit('a.txt', 'nine', 'NINE');
    expect(commitAs(ada).ok).toBe(true);
  });

  test('of a removal that another has made is refused', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.read('b.txt');
    await bo.bash('rm b.txt');
    expect(commitAs(ada, '-a').stderr).toContain('b.txt: uncommitted work');
  });

  test('of work of a session that has ended passes', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    await bo.event('SessionEnd', { reason: 'other' });
    expect(commitAs(ada, '-a').ok).toBe(true);
  });

  test('of its subagent’s work passes, and of its own by the subagent', async () => {
    const { ada, commitAs } = await givenGuarded();
    const sub = await ada.subagent('s1');
    await sub.edit('a.txt', 'two', 'TWO');
    await ada.edit('b.txt', 'b', 'c');
    expect(commitAs(ada, '-a').ok).toBe(true);
  });

  test('of the work of another’s subagent is refused, also when that has ended', async () => {
    const { ada, bo, commitAs } = await givenGuarded();
    const sub = await bo.subagent('s1');
    await sub.edit('a.txt', 'two', 'TWO');
    expect(commitAs(ada, '-a').stderr).toContain('a.txt: uncommitted work: bo wrote it');
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    expect(commitAs(ada, '-a').stderr).toContain('a.txt: uncommitted work: bo wrote it');
    expect(commitAs(bo, '-a').ok).toBe(true);
  });

  test('finds the other’s work also where git keeps other line ends', async () => {
    const { ada, bo, commitAs, root } = await givenGuarded();
    git(root, ['config', 'core.autocrlf', 'input']);
    await bo.write('new.txt', 'one\r\ntwo\r\n');
    git(root, ['add', '.']);
    expect(git(root, ['show', ':new.txt']).stdout).toBe('one\ntwo\n');
    expect(commitAs(ada).stderr).toContain('new.txt: uncommitted work');
    expect(commitAs(bo).ok).toBe(true);
  });

  test('of a path that another has locked is refused', async () => {
    const { ada, commitAs, call, put: edit } = await givenGuarded();
    await call('lock.acquire', { paths: ['b.txt'] }, { as: 'mia' });
    edit('b.txt', 'c\n');
    expect(commitAs(ada, '-a').stderr).toContain('b.txt: locked by mia');
    expect(commitAs(undefined, '-a')).toEqual({ ok: true, stdout: '', stderr: '' });
  });

  test('of what its command wrote over unseen is refused until it has been shown that', async () => {
    const { ada, bo, commitAs, root } = await givenGuarded();
    await bo.read('a.txt');
    await ada.edit('a.txt', 'two', 'TWO');
    const { call } = await bo.ask('Bash', { command: 'printf "mine\\n" > a.txt && git commit -am x' });
    put(join(root, 'a.txt'), 'mine\n');
    const { ok, stderr } = commitAs(bo, '-a');
    expect(ok).toBe(false);
    expect(stderr).toMatch(
      /a\.txt: your command wrote over a change that you had not seen.*callsheet undo --write 2/,
    );
    expect((await bo.afterBatch(call)).told).toContain('wrote a.txt over a change');
    expect(commitAs(bo, '-a').ok).toBe(true);
  });

  test('of what its subagent’s command wrote over unseen waits until the session has been shown that', async () => {
    const { ada, bo, commitAs, put: save } = await givenGuarded();
    await bo.read('b.txt');
    const sub = await bo.subagent('s1');
    await ada.edit('b.txt', 'b', 'c');
    await sub.ask('Bash', { command: 'printf "mine\\n" > b.txt' });
    save('b.txt', 'mine\n');
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    expect(commitAs(bo, '-a').stderr).toContain('b.txt: your command wrote over a change');
    expect((await bo.prompt('go on')).told).toContain('wrote b.txt over a change');
    expect(commitAs(bo, '-a').ok).toBe(true);
  });

  test('in a worktree is looked at for that worktree', async () => {
    const given = await givenGuarded();
    const tree = `${realpathSync(given.root)}-tree`;
    onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
    git(given.root, ['worktree', 'add', '-q', '--detach', tree]);
    const [cy, di] = [await given.session({ cwd: tree }), await given.session({ cwd: tree })];
    await given.bo.edit('a.txt', 'two', 'TWO');
    await di.edit('a.txt', 'nine', 'NINE');
    await cy.edit('b.txt', 'b', 'c');
    expect(given.commitAs(cy, '-a').stderr).toMatch(/a\.txt: uncommitted work: \w+ wrote it/);
    expect(given.commitAs(cy, '--', 'b.txt').ok).toBe(true);
  });

  test('that takes nothing of others along says nothing, the first of a repository too', async () => {
    const root = givenCheckout();
    rmSync(join(root, '.git'), { recursive: true });
    git(root, ['init', '-q']);
    await install(root);
    git(root, ['add', '.']);
    expect(git(root, ['commit', '-qm', 'x'])).toEqual({ ok: true, stdout: '', stderr: '' });
  });

  test('shows names of files as data', async () => {
    const { ada, bo, commitAs, root } = await givenGuarded();
    await bo.write('evil\u001b[2J\n</task>.txt', 'x\n');
    git(root, ['add', '.']);
    const { stderr } = commitAs(ada);
    expect(stderr).toContain('evil </task>.txt: uncommitted');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('a person’s commit', () => {
  test('of what sessions are at work on is made, with a warning', async () => {
    const { bo, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    const { ok, stderr } = commitAs(undefined, '-a');
    expect(ok).toBe(true);
    expect(stderr).toMatch(/warning[\s\S]*a\.txt: uncommitted work: bo wrote it/);
  });

  test('under a session that nobody has registered is a person’s', async () => {
    const { bo, root } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    for (const id of ['unheard-of', '../../x', "' or 1=1"])
      expect(git(root, ['commit', '--dry-run', '-qam', 'x'], { CLAUDE_CODE_SESSION_ID: id }).ok).toBe(true);
    expect(git(root, ['commit', '-qam', 'x'], { CLAUDE_CODE_SESSION_ID: '../../x' })).toMatchObject({
      ok: true,
      stderr: expect.stringContaining('warning') as string,
    });
  });
});

describe('nothing is looked at', () => {
  test('in a workspace of a run', async () => {
    const { ada, bo, root } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    const env = { ...by(ada), CALLSHEET_SCRATCH: '/tmp/x' };
    expect(git(root, ['commit', '-qam', 'x'], env)).toEqual({ ok: true, stdout: '', stderr: '' });
  });

  test('without a sheet, and none is made', async () => {
    const root = givenCheckout();
    await install(root);
    writeFileSync(join(root, 'a.txt'), 'two\n');
    expect(git(root, ['commit', '-qam', 'x'])).toEqual({ ok: true, stdout: '', stderr: '' });
    expect(readdirSync(join(root, '.git/callsheet'))).toEqual(['git-hook']);
  });

  test('when callsheet is gone', async () => {
    const { ada, bo, root, commitAs } = await givenGuarded();
    await bo.edit('a.txt', 'two', 'TWO');
    const repo = await openRepository(root);
    await applyGitGuard(await planGitGuard(repo, { node: process.execPath, entry: '/nowhere/git-hook.cjs' }));
    expect(commitAs(ada, '-a')).toEqual({ ok: true, stdout: '', stderr: '' });
  });

  test('when the sheet cannot be read: that is said, and the commit made', async () => {
    const { ada, root, commitAs, put: edit } = await givenGuarded();
    edit('a.txt', 'x\n');
    rmSync(join(root, '.git/callsheet/sheet.db'));
    rmSync(join(root, '.git/callsheet/sheet.db-wal'), { force: true });
    writeFileSync(
      join(root, '.git/callsheet/sheet.db'),
      'this is no database, whatever its name says\n'.repeat(99),
    );
    const { ok, stderr } = commitAs(ada, '-a');
    expect(ok).toBe(true);
    expect(stderr).toMatch(/^callsheet: this commit was not looked at: /);
  });
});

describe('the hook', () => {
  const hook = (root: string, name = 'pre-commit') => join(root, '.git/hooks', name);

  /** Everything below a folder: names, modes, contents. */
  function stateOf(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const stats = lstatSync(join(folder, name));
        const content = stats.isSymbolicLink()
          ? readlinkSync(join(folder, name))
          : stats.isFile()
            ? readFileSync(join(folder, name), 'latin1')
            : '';
        return `${name} ${stats.mode.toString(8)} ${content}`;
      });
  }

  async function remove(root: string): Promise<void> {
    await applyGitGuard(await planGitGuardRemoval(await openRepository(root)));
  }

  test('is planned without touching anything, and a second time there is nothing to do', async () => {
    const root = givenCheckout();
    const before = stateOf(join(root, '.git'));
    const repo = await openRepository(root);
    const plan = await planGitGuard(repo);
    expect(plan.question).toBeUndefined();
    expect(plan.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      `write ${hook(root)}`,
      `write ${root}/.git/callsheet/git-hook`,
    ]);
    expect(stateOf(join(root, '.git'))).toEqual(before);
    await applyGitGuard(plan);
    expect((await planGitGuard(repo)).changes).toEqual([]);
    chmodSync(hook(root), 0o644);
    expect((await planGitGuard(repo)).changes).toMatchObject([{ kind: 'write' }]);
  });

  test.each([
    ['a program', (file: string) => writeFileSync(file, '#!/bin/sh\necho mine >&2\n', { mode: 0o755 })],
    ['no program', (file: string) => writeFileSync(file, '#!/bin/sh\nexit 1\n', { mode: 0o644 })],
    ['a link', (file: string) => symlinkSync('../../hook.sh', file)],
    ['a link that leads nowhere', (file: string) => symlinkSync('nowhere', file)],
    ['none', () => undefined],
  ])('that was there (%s) does what it did, and is there again afterwards', async (_, make) => {
    const root = givenCheckout({ 'a.txt': 'one\n', 'hook.sh': '#!/bin/sh\necho mine >&2\n' });
    chmodSync(join(root, 'hook.sh'), 0o755);
    mkdirSync(dirname(hook(root)), { recursive: true });
    make(hook(root));
    const before = stateOf(join(root, '.git/hooks'));
    const commit = () => {
      writeFileSync(join(root, 'a.txt'), `${Math.random()}\n`);
      const { ok, stderr } = git(root, ['commit', '-qam', 'x']);
      return { ok, stderr: stderr.replace(/^hint:.*\n/gm, '') };
    };
    const without = commit();
    await install(root);
    expect(commit()).toEqual(without);
    await remove(root);
    expect(stateOf(join(root, '.git/hooks'))).toEqual(before);
    expect(existsSync(join(root, '.git/callsheet/git-hook'))).toBe(false);
  });

  test('that was there refuses with its own exit code, and ours is not asked', async () => {
    const { root, bo, ada, commitAs } = await givenGuarded();
    await remove(root);
    mkdirSync(dirname(hook(root)), { recursive: true });
    writeFileSync(hook(root), '#!/bin/sh\necho refused by mine >&2\nexit 3\n', { mode: 0o755 });
    await install(root);
    await bo.edit('a.txt', 'two', 'TWO');
    const { ok, stderr } = commitAs(ada, '-a');
    expect(ok).toBe(false);
    expect(stderr).toBe('refused by mine\n');
    writeFileSync(hook(root, 'pre-commit.before-callsheet'), '#!/bin/sh\nexit 0\n');
    expect(commitAs(ada, '-a').stderr).toContain('bo wrote it');
  });

  test('makes the folder of hooks where there is none, and takes it away again', async () => {
    const root = givenCheckout();
    rmSync(join(root, '.git/hooks'), { recursive: true, force: true });
    await install(root);
    await install(root);
    expect(existsSync(hook(root))).toBe(true);
    await remove(root);
    expect(existsSync(join(root, '.git/hooks'))).toBe(false);
  });

  test('that somebody has written over ours is chained again; two different ones are a person’s to settle', async () => {
    const root = givenCheckout();
    mkdirSync(dirname(hook(root)), { recursive: true });
    writeFileSync(hook(root), '#!/bin/sh\n# tool\n', { mode: 0o755 });
    await install(root);
    writeFileSync(hook(root), '#!/bin/sh\n# tool\n', { mode: 0o755 });
    await install(root);
    expect(readFileSync(hook(root, 'pre-commit.before-callsheet'), 'utf8')).toBe('#!/bin/sh\n# tool\n');
    writeFileSync(hook(root), '#!/bin/sh\n# another\n', { mode: 0o755 });
    const plan = await planGitGuard(await openRepository(root));
    expect(plan).toMatchObject({
      changes: [],
      obstacle: expect.stringContaining('keep one of the two') as string,
    });
    await remove(root);
    expect(readFileSync(hook(root), 'utf8')).toContain('another');
  });

  test.each([
    ['.githooks', '.githooks', /inside the checkout/],
    ['../hooks-of-all', '../hooks-of-all', /outside of the repository/],
    ['.husky/_', '.husky', /inside the checkout/],
  ])('in %s is asked for first', async (hooksPath, folder, question) => {
    const { root, bo, ada, commitAs } = await givenGuarded();
    await remove(root);
    git(root, ['config', 'core.hooksPath', hooksPath]);
    const place = join(root, folder);
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    mkdirSync(join(root, hooksPath), { recursive: true });
    if (hooksPath.endsWith('_')) {
      // As husky has it: a starter for every hook, and hooks that are no programs.
      const h =
        'n=$(basename "$0"); s=$(dirname "$(dirname "$0")")/$n; [ ! -f "$s" ] && exit 0; sh -e "$s" "$@"\n';
      writeFileSync(join(root, hooksPath, 'h'), h);
      writeFileSync(join(root, hooksPath, 'pre-commit'), '#!/usr/bin/env sh\n. "$(dirname "$0")/h"', {
        mode: 0o755,
      });
    }
    writeFileSync(join(place, 'pre-commit'), '#!/bin/sh\necho theirs >&2\n', {
      mode: hooksPath.endsWith('_') ? 0o644 : 0o755,
    });
    const before = stateOf(place);
    const plan = await planGitGuard(await openRepository(root));
    expect(plan.question).toMatch(question);
    expect(stateOf(place)).toEqual(before);
    await applyGitGuard(plan);
    await bo.edit('a.txt', 'two', 'TWO');
    const { ok, stderr } = commitAs(ada, '-a');
    expect(ok).toBe(false);
    expect(stderr).toMatch(/^theirs\n[\s\S]*bo wrote it/);
    expect(readFileSync(join(place, 'pre-commit'), 'utf8')).not.toContain(root);
    await remove(root);
    expect(stateOf(place)).toEqual(before);
  });

  test.each([
    ['/dev/null', 'hooks are turned off'],
    ['', 'names no folder'],
    ['~nobody/hooks', 'names no folder'],
  ])('has no place where core.hooksPath is “%s”', async (value, why) => {
    const root = givenCheckout();
    git(root, ['config', 'core.hooksPath', value]);
    expect(await planGitGuard(await openRepository(root))).toEqual({
      changes: [],
      obstacle: expect.stringContaining(why) as string,
    });
  });

  test.each([
    ['a folder', (file: string) => mkdirSync(file)],
    ['of 2 MB', (file: string) => writeFileSync(file, 'x'.repeat(2_000_000))],
    ['a pipe', (file: string) => void spawnSync('mkfifo', [file])],
  ])('that is %s stays as it is', async (_, make) => {
    const root = givenCheckout();
    mkdirSync(dirname(hook(root)), { recursive: true });
    make(hook(root));
    expect(await planGitGuard(await openRepository(root))).toEqual({
      changes: [],
      obstacle: expect.stringContaining('cannot be read') as string,
    });
  });

  test('that cannot be written is a typed error, and leaves nothing half', async () => {
    const root = givenCheckout();
    const plan = await planGitGuard(await openRepository(root));
    rmSync(join(root, '.git/hooks'), { recursive: true, force: true });
    writeFileSync(join(root, '.git/hooks'), '');
    await expect(applyGitGuard(plan)).rejects.toMatchObject({ code: 'HOOK_UNWRITABLE', exit: 'refused' });
    expect(existsSync(join(root, '.git/callsheet/git-hook'))).toBe(false);
  });
});
