import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { git, givenSheet } from '../../../test/support/given-sheet.js';
import { findEvents } from '../../event/index.js';
import { findEvidence } from '../../gate/index.js';
import { findLandings } from '../../landing/index.js';
import { createRun, giveConsent } from '../../run/index.js';
import type { Store } from '../../store/index.js';
import { createTasks } from '../../task/index.js';
import type { RawInput } from '../input/index.js';
import type { LandedBranch } from './land-branch.js';

type Wishes = RawInput & { branch?: string };

/** A checkout of `main` and a session's worktree on `fix`. */
async function givenSession(files: Record<string, string> = { 'a.txt': 'one\n', 'b.txt': 'one\n' }) {
  const given = await givenSheet(files);
  const { root, sheet, call } = given;
  const tree = `${root}-fix`;
  onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
  git(root, 'worktree', 'add', '--quiet', '-b', 'fix', tree);
  const commitIn = (folder: string) => (changes: Record<string, string>) => {
    for (const [path, content] of Object.entries(changes)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', 'change');
    return git(folder, 'rev-parse', 'HEAD');
  };
  const agreed = (...commands: string[]) => sheet.store.transaction((tx) => giveConsent(tx, commands, 'mia'));
  return {
    ...given,
    tree,
    work: commitIn(tree),
    commit: commitIn(root),
    agreed,
    at: (name: string) => git(root, 'rev-parse', name),
    land: (wishes: Wishes = {}, options: Parameters<typeof call>[2] = {}) =>
      call<LandedBranch>(
        'land',
        { branch: 'fix', ...wishes },
        options.env === undefined ? { as: 'ada', ...options } : options,
      ),
    landings: () => findLandings(sheet.store, { ofSessions: true }),
    /** Nothing of the landing queue is left beside the checkout, and no ref of it. */
    expectNothingLeft() {
      expect(existsSync(`${root}.callsheet`)).toBe(false);
      expect(git(root, 'for-each-ref', 'refs/callsheet')).toBe('');
      expect(git(root, 'worktree', 'list').split('\n')).toHaveLength(2);
    },
  };
}

/** A gate whose runs are counted in a file beside the checkout, and that passes when the shell command does. */
function counted(root: string, command: string) {
  const file = `${root}.gate-runs`;
  onTestFinished(() => rmSync(file, { force: true }));
  return {
    gate: `git rev-parse HEAD >> '${file}'; ${command}`,
    runs: () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []),
  };
}

async function givenRun(store: Store): Promise<void> {
  await store.transaction((tx) =>
    createRun(tx, {
      ...{ id: 'run-1', baseCommit: 'c0', baseBranch: 'main', baseGate: 'none' },
      options: {
        ...{ agent: 'command:true', workers: 1, setupInputs: [], copy: [], keep: [], env: {}, resources: {} },
        ...{ workspaces: '/nowhere', allowRedBase: false, startTimeoutMs: 1, silenceTimeoutMs: 1 },
        ...{ taskTimeoutMs: 1, gateTimeoutMs: 1 },
      },
    }),
  );
}

describe('a branch that is landed', () => {
  test('is merged onto the other as one commit that says what it is, and the checkout has its files', async () => {
    const session = await givenSession();
    const head = session.work({ 'new.txt': 'new\n' });
    const before = session.commit({ 'b.txt': 'mine\n' });

    const landed = await session.land();

    expect(landed).toEqual({
      ...{ branch: 'fix', into: 'main', head, commit: session.at('main'), wasThere: false },
      ...{ landing: 'landing-1', paths: ['new.txt'], ready: [], uncommitted: [] },
    });
    expect(git(session.root, 'show', '--no-patch', '--format=%P', 'main')).toBe(`${before} ${head}`);
    expect(git(session.root, 'show', '--no-patch', '--format=%B', 'main')).toBe(
      'Land fix\n\nCallsheet-Landing: landing-1\nCallsheet-Branch: fix',
    );
    expect(git(session.root, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(session.root, 'new.txt'), 'utf8')).toBe('new\n');
    expect(session.at('fix')).toBe(head);
    session.expectNothingLeft();
  });

  test('is in the log from the queue to its end', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    await session.land();
    const events = (await findEvents(session.sheet.store, {})).filter(({ type }) =>
      type.startsWith('landing.'),
    );
    expect(events.map(({ type }) => type)).toEqual(['landing.queued', 'landing.intended', 'landing.landed']);
    expect(events[0]).toMatchObject({ data: { branch: 'fix', into: 'main', paths: ['new.txt'] } });
    expect(await session.landings()).toMatchObject([{ state: 'landed', commit: session.at('main') }]);
  });

  test('and was there already, is left alone', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    const { commit } = await session.land();
    expect(await session.land()).toMatchObject({ wasThere: true, commit, paths: [] });
    expect(session.at('main')).toBe(commit);
  });

  test('goes onto one that is checked out nowhere, too', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    git(session.root, 'branch', 'release');
    const { commit } = await session.land({ into: 'release' });
    expect(session.at('release')).toBe(commit);
    expect(existsSync(join(session.root, 'new.txt'))).toBe(false);
    session.expectNothingLeft();
  });

  test('lands what is committed; what is not is named, and stays', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    writeFileSync(join(session.tree, 'later.txt'), 'later\n');
    expect(await session.land()).toMatchObject({ uncommitted: ['later.txt'], paths: ['new.txt'] });
    expect(session.said.join('\n')).toContain('not committed on fix, so it does not land: later.txt');
    expect(readFileSync(join(session.tree, 'later.txt'), 'utf8')).toBe('later\n');
  });
});

describe('which branch it goes onto', () => {
  test('from the worktree of the branch, it is that of the main checkout', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    expect(await session.land({}, { cwd: session.tree })).toMatchObject({ into: 'main' });
    expect(session.said).toContain(`Landing fix into main, which is checked out in ${session.root}.`);
  });

  test('from elsewhere, it is the one that is checked out there', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    git(session.root, 'switch', '--quiet', '-c', 'topic');
    expect(await session.land()).toMatchObject({ into: 'topic' });
    expect(session.at('main')).not.toBe(session.at('topic'));
  });

  test('with none checked out it has to be named', async () => {
    const session = await givenSession();
    git(session.root, 'switch', '--quiet', '--detach');
    await expect(session.land()).rejects.toMatchObject({ code: 'BRANCH_NEEDED', exit: 'usage' });
    await expect(session.land({}, { cwd: session.tree })).rejects.toMatchObject({ code: 'BRANCH_NEEDED' });
    await expect(session.land({ into: 'fix' })).rejects.toMatchObject({ code: 'BRANCH_SAME', exit: 'usage' });
  });

  test('one without a commit is none', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    git(session.root, 'switch', '--quiet', '--orphan', 'unborn');
    await expect(session.land()).rejects.toMatchObject({ code: 'BRANCH_UNKNOWN', exit: 'usage' });
    await expect(session.land({ branch: 'unborn', into: 'fix' })).rejects.toMatchObject({
      code: 'BRANCH_UNKNOWN',
    });
  });

  test('a name that means something to a shell is quoted in what is to be typed', async () => {
    const session = await givenSession();
    const name = "it's$(touch${IFS}x)";
    git(session.root, 'branch', name);
    git(session.root, 'switch', '--quiet', name);
    session.commit({ 'a.txt': 'two\n' });
    git(session.root, 'switch', '--quiet', 'main');
    session.commit({ 'a.txt': 'three\n' });
    await expect(session.land({ branch: name })).rejects.toMatchObject({
      code: 'LAND_CONFLICT',
      hint: expect.stringContaining(`git switch 'it'\\''s$(touch\${IFS}x)' && git merge main`) as string,
    });
  });

  test('a branch of a run is the business of its engine', async () => {
    const session = await givenSession();
    git(session.root, 'branch', 'callsheet/run-1/main');
    // Nothing but a name while there is no such run.
    expect(await session.land({ into: 'callsheet/run-1/main' })).toMatchObject({ wasThere: true });
    await givenRun(session.sheet.store);
    for (const wishes of [{ into: 'callsheet/run-1/main' }, { branch: 'callsheet/run-1/main' }])
      await expect(session.land(wishes)).rejects.toMatchObject({
        code: 'BRANCH_OF_RUN',
        hint: expect.stringContaining('callsheet land run-1') as string,
      });
  });
});

describe('a conflict', () => {
  test('moves nothing, and says where, with what, and how to go on', async () => {
    const session = await givenSession();
    git(session.root, 'branch', 'other');
    git(session.root, 'switch', '--quiet', 'other');
    session.commit({ 'a.txt': 'of the other\n' });
    git(session.root, 'switch', '--quiet', 'main');
    await session.land({ branch: 'other' });
    const head = session.work({ 'a.txt': 'mine\n' });
    const before = session.at('main');

    await expect(session.land()).rejects.toMatchObject({
      code: 'LAND_CONFLICT',
      exit: 'refused',
      message: 'fix conflicts with other in a.txt. Nothing was moved.',
      hint: 'Bring main into your branch and solve it there: git switch fix && git merge main. Then again: callsheet land --branch fix --into main',
      data: {
        ...{ kind: 'file', paths: ['a.txt'], against: ['other'] },
        hunks: expect.stringContaining('<<<<<<<') as string,
      },
    });

    expect([session.at('main'), session.at('fix')]).toEqual([before, head]);
    expect((await session.landings()).at(-1)).toMatchObject({
      state: 'conflicted',
      reason: 'conflicts with other in a.txt',
    });
    session.expectNothingLeft();
  });

  test('leaves the task with who holds it, and is resolved when that has landed', async () => {
    const session = await givenSession();
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.claim', {}, { as: 'ada' });
    session.work({ 'a.txt': 'mine\n' });
    session.commit({ 'a.txt': 'theirs\n' });
    await expect(session.land({ task: 'task-1' })).rejects.toMatchObject({ code: 'LAND_CONFLICT' });
    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({
      ...{ state: 'running', attempt: 1, failures: 0, claimedBy: 'ada' },
      conflicts: [{ state: 'open', paths: ['a.txt'] }],
    });
    expect(await session.call('status')).toMatchObject({ conflicts: [{ task: 'task-1' }] });

    git(session.tree, 'merge', '--quiet', '-X', 'ours', '-m', 'Bring in main', 'main');
    await session.land({ task: 'task-1' });

    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({
      ...{ state: 'done', attempt: 1 },
      conflicts: [{ state: 'resolved' }],
    });
    expect(await session.call('status')).toMatchObject({ conflicts: [] });
  });

  test('a branch without a commit in common is refused', async () => {
    const session = await givenSession();
    git(session.root, 'switch', '--quiet', '--orphan', 'stranger');
    session.commit({ 'x.txt': 'x\n' });
    git(session.root, 'switch', '--quiet', 'main');
    await expect(session.land({ branch: 'stranger' })).rejects.toMatchObject({ code: 'LAND_UNRELATED' });
  });
});

describe('the gate', () => {
  test('is that of the branch it goes onto, is run on the merged tree, and is evidence', async () => {
    const session = await givenSession();
    const { gate, runs } = counted(session.root, 'grep -q mine b.txt && grep -q new new.txt');
    session.commit({ 'callsheet.config.yaml': `gate: ${JSON.stringify(gate)}\n`, 'b.txt': 'mine\n' });
    session.work({ 'new.txt': 'new\n' });
    await session.agreed(`gate: ${gate}`);
    const landed = await session.land();
    expect(runs()).toEqual([landed.commit]);
    expect(await findEvidence(session.sheet.store, landed.gate ?? '')).toMatchObject({
      ...{ isGreen: true, gate, tree: git(session.root, 'rev-parse', 'main^{tree}') },
    });
  });

  test('cannot be taken away by the branch that it tests', async () => {
    const session = await givenSession({
      'a.txt': 'one\n',
      'callsheet.config.yaml': 'gate: test ! -e bad.txt\n',
    });
    await session.agreed('gate: test ! -e bad.txt');
    git(session.tree, 'rm', '--quiet', 'callsheet.config.yaml');
    session.work({ 'bad.txt': 'bad\n' });
    const before = session.at('main');
    await expect(session.land({}, { cwd: session.tree })).rejects.toMatchObject({ code: 'LAND_RED' });
    git(session.root, 'branch', 'release');
    await expect(session.land({ into: 'release' }, { cwd: session.tree })).rejects.toMatchObject({
      code: 'LAND_RED',
    });
    expect([session.at('main'), session.at('release')]).toEqual([before, before]);
  });

  test('red moves nothing, says what it printed, and leaves the task', async () => {
    const session = await givenSession();
    const { gate, runs } = counted(session.root, 'echo "it is broken"; exit 7');
    session.commit({ 'callsheet.config.yaml': `gate: ${JSON.stringify(gate)}\n` });
    session.work({ 'new.txt': 'new\n' });
    await session.agreed(`gate: ${gate}`);
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.claim', {}, { as: 'ada' });
    const before = session.at('main');

    await expect(session.land({ task: 'task-1' })).rejects.toMatchObject({
      code: 'LAND_RED',
      exit: 'refused',
      message: expect.stringContaining('it is broken') as string,
      data: { gate, exitCode: 7 },
    });

    // Once more before it counts, as in a run.
    expect(runs()).toHaveLength(2);
    expect(session.at('main')).toBe(before);
    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running', attempt: 1 });
    session.expectNothingLeft();
  });

  test('of the task is run besides', async () => {
    const session = await givenSession();
    await session.call('task.add', { title: 'Mend it', gate: 'test -e wanted.txt' });
    await session.call('task.claim', {}, { as: 'ada' });
    session.work({ 'new.txt': 'new\n' });
    await expect(session.land({ task: 'task-1' })).rejects.toMatchObject({ code: 'LAND_RED' });
    session.work({ 'wanted.txt': 'here\n' });
    expect(await session.land({ task: 'task-1' })).toMatchObject({ task: 'task-1' });
  });

  test('that nobody has agreed to is not run for an agent', async () => {
    const session = await givenSession({ 'a.txt': 'one\n', 'callsheet.config.yaml': 'gate: touch ../ran\n' });
    const { env } = await session.session({ role: 'worker' });
    session.work({ 'new.txt': 'new\n' });
    await expect(session.land({ yes: true }, { env })).rejects.toMatchObject({
      code: 'CONSENT_NEEDED',
      exit: 'refused',
    });
    expect(await session.landings()).toEqual([]);
  });
});

describe('what is in the way', () => {
  test('of uncommitted changes where it would write keeps all as it is, and no gate is run for it', async () => {
    const session = await givenSession({
      'a.txt': 'one\n',
      'b.txt': 'one\n',
      'callsheet.config.yaml': 'gate: "false"\n',
    });
    await session.agreed('gate: false');
    session.work({ 'a.txt': 'of fix\n' });
    writeFileSync(join(session.root, 'a.txt'), 'mine\n');
    const before = session.at('main');
    await expect(session.land()).rejects.toMatchObject({
      code: 'LAND_DIRTY',
      exit: 'refused',
      message: expect.stringContaining('in the way: a.txt') as string,
      hint: expect.stringContaining('callsheet land --branch fix --into main') as string,
    });
    expect(readFileSync(join(session.root, 'a.txt'), 'utf8')).toBe('mine\n');
    expect(session.at('main')).toBe(before);
    expect(await session.landings()).toMatchObject([{ state: 'withdrawn' }]);
    session.expectNothingLeft();
  });

  test('not changes elsewhere: they stay', async () => {
    const session = await givenSession();
    session.work({ 'a.txt': 'of fix\n' });
    writeFileSync(join(session.root, 'b.txt'), 'mine\n');
    await session.land();
    expect(git(session.root, 'status', '--porcelain')).toBe('M b.txt');
  });

  test('of changes that were made while the gate ran keeps all as it is', async () => {
    const session = await givenSession();
    const gate = `echo mine > '${session.root}/a.txt'`;
    session.commit({ 'callsheet.config.yaml': `gate: ${JSON.stringify(gate)}\n` });
    await session.agreed(`gate: ${gate}`);
    session.work({ 'a.txt': 'of fix\n' });
    const before = session.at('main');
    await expect(session.land()).rejects.toMatchObject({ code: 'LAND_DIRTY' });
    expect(session.at('main')).toBe(before);
    expect(readFileSync(join(session.root, 'a.txt'), 'utf8')).toBe('mine\n');
    expect(await session.landings()).toMatchObject([{ state: 'withdrawn' }]);
  });

  test('of a lock by hand of somebody else; not of one of its own', async () => {
    const session = await givenSession();
    session.work({ 'a.txt': 'of fix\n' });
    await session.call('lock.acquire', { paths: ['a.txt'] }, { as: 'bo' });
    await expect(session.land()).rejects.toMatchObject({ code: 'LAND_LOCKED', data: { locks: ['lock-1'] } });
    expect(await session.land({}, { as: 'bo' })).toMatchObject({ wasThere: false });
  });

  test('not a commit that comes meanwhile: it is merged and tested again', async () => {
    const session = await givenSession();
    const marker = `${session.root}.moved`;
    onTestFinished(() => rmSync(marker, { force: true }));
    const move = `git -C '${session.root}' -c user.name=x -c user.email=x@x commit -q --allow-empty -m Meanwhile`;
    const gate = `test -e '${marker}' || { touch '${marker}'; ${move}; }`;
    session.commit({ 'callsheet.config.yaml': `gate: ${JSON.stringify(gate)}\n` });
    await session.agreed(`gate: ${gate}`);
    session.work({ 'new.txt': 'new\n' });
    const { commit } = await session.land();
    expect(git(session.root, 'log', '--first-parent', '--format=%s', '-2', commit)).toBe(
      'Land fix\nMeanwhile',
    );
  });
});

describe('the task whose work it is', () => {
  test('is done when that has landed, and what waits for it is ready', async () => {
    const session = await givenSession();
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.add', { title: 'Then this', after: ['task-1'] });
    await session.call('task.claim', {}, { as: 'ada' });
    const head = session.work({ 'new.txt': 'new\n' });

    const landed = await session.land({ task: 'task-1', summary: 'It is mended' });

    expect(landed).toMatchObject({ task: 'task-1', ready: ['task-2'] });
    expect(git(session.root, 'show', '--no-patch', '--format=%B', 'main')).toBe(
      'Land task-1: Mend it\n\nCallsheet-Landing: landing-1\nCallsheet-Branch: fix\nCallsheet-Task: task-1\nCallsheet-Attempt: 1',
    );
    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({
      ...{ state: 'done', landedAs: landed.commit },
      result: { summary: 'It is mended', files: ['new.txt'], commit: head },
      attempts: [{ outcome: 'landed' }],
    });
    expect(await session.call('task.show', { id: 'task-2' })).toMatchObject({ state: 'ready' });
    const { messages } = await session.call<{ messages: { body: string }[] }>('inbox', {}, { as: 'bo' });
    expect(messages.at(-1)?.body).toContain('Ready now: task-2');
  });

  test('may have been completed before: then it is told where that is', async () => {
    const session = await givenSession();
    const { env } = await session.session({ role: 'worker' });
    const other = await session.session({ role: 'worker' });
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.claim', {}, { env });
    await session.call('task.complete', { id: 'task-1', summary: 'Mended' }, { env });
    session.work({ 'new.txt': 'new\n' });
    await expect(session.land({ task: 'task-1' }, { env: other.env })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    const { commit } = await session.land({ task: 'task-1' }, { env });
    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({
      ...{ state: 'done', landedAs: commit, result: { summary: 'Mended' } },
    });
    expect(await session.land({ task: 'task-1' }, { env })).toMatchObject({ wasThere: true, task: 'task-1' });
    session.work({ 'more.txt': 'more\n' });
    await expect(session.land({ task: 'task-1' }, { env })).rejects.toMatchObject({ code: 'TASK_STATE' });
  });

  test.each([
    { what: 'of somebody else', as: { role: 'worker' as const }, code: 'ATTEMPT_NEEDED' },
    {
      what: 'of somebody else, by its number',
      as: { role: 'worker' as const },
      attempt: '1',
      code: 'NOT_ALLOWED',
    },
  ])('$what is not landed', async ({ as, attempt, code }) => {
    const session = await givenSession();
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.claim', {}, { as: 'ada' });
    session.work({ 'new.txt': 'new\n' });
    const { env } = await session.session(as);
    const wishes = { task: 'task-1', ...(attempt === undefined ? {} : { attempt }) };
    const before = session.at('main');
    await expect(session.land(wishes, { env })).rejects.toMatchObject({ code });
    expect(session.at('main')).toBe(before);
  });

  test('must answer what it was asked for', async () => {
    const session = await givenSession();
    const output = { type: 'object', required: ['n'] };
    await session.sheet.store.transaction((tx) =>
      createTasks(tx, [{ id: 'task-1', title: 'Count', spec: 'Count.', output }]),
    );
    await session.call('task.claim', {}, { as: 'ada' });
    session.work({ 'new.txt': 'new\n' });
    await expect(session.land({ task: 'task-1' })).rejects.toMatchObject({ code: 'RESULT_MISMATCH' });
    const resultFile = join(session.root, '.git', 'result.json');
    writeFileSync(resultFile, '{"data":{"n":3}}');
    await session.land({ task: 'task-1', resultFile });
    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({ result: { data: { n: 3 } } });
  });

  test('is not done by a branch on which nothing was done', async () => {
    const session = await givenSession();
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.claim', {}, { as: 'ada' });
    await expect(session.land({ task: 'task-1' })).rejects.toMatchObject({
      code: 'LAND_NOTHING',
      exit: 'refused',
    });
    expect(await session.call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running' });
  });

  test('is not done when its claim goes while the gate runs', async () => {
    const session = await givenSession();
    const sheet = join(session.root, '.git/callsheet/sheet.db');
    const gate = `node -e "const { DatabaseSync } = require('${process.cwd()}/node_modules/@photostructure/sqlite'); new DatabaseSync('${sheet}').exec(\\"update task set state = 'cancelled', claimed_by = null, lease_expires_ms = null\\")"`;
    session.commit({ 'callsheet.config.yaml': `gate: ${JSON.stringify(gate)}\n` });
    await session.agreed(`gate: ${gate}`);
    await session.call('task.add', { title: 'Mend it' });
    await session.call('task.claim', {}, { as: 'ada' });
    session.work({ 'new.txt': 'new\n' });
    const before = session.at('main');
    await expect(session.land({ task: 'task-1' })).rejects.toMatchObject({
      code: 'LAND_WITHDRAWN',
      message: 'fix did not land: the task is cancelled. Nothing was moved.',
    });
    expect(session.at('main')).toBe(before);
  });
});

describe('who may', () => {
  test('a worker may land a branch, but not the work of a run; a reviewer neither', async () => {
    const session = await givenSession();
    session.work({ 'new.txt': 'new\n' });
    const worker = await session.session({ role: 'worker' });
    const reviewer = await session.session({ role: 'reviewer' });
    await expect(session.call('land', {}, { env: worker.env })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    await expect(session.land({}, { env: reviewer.env })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(await session.land({}, { env: worker.env })).toMatchObject({ wasThere: false });
  });

  test('not an agent of a run: its engine lands what it does', async () => {
    const session = await givenSession();
    await givenRun(session.sheet.store);
    session.work({ 'new.txt': 'new\n' });
    const { env } = await session.session({ role: 'worker', runId: 'run-1' });
    await expect(session.land({}, { env })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('run-1') as string,
    });
  });

  test.each([
    { wishes: { run: 'run-1', branch: 'fix' } },
    { wishes: { task: 'task-1' } },
    { wishes: { branch: 'fix', summary: 'Done' } },
  ])('options that do not go together are refused: $wishes', async ({ wishes }) => {
    const { call } = await givenSheet();
    await expect(call('land', wishes)).rejects.toMatchObject({ code: 'LAND_OPTIONS', exit: 'usage' });
  });
});
