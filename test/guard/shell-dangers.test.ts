import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { git, givenCheckout } from '../support/given-sheet.js';
import { givenSessions, TEN_LINES, type Session } from './given-sessions.js';

const FILES = { 'a.txt': TEN_LINES, 'b.txt': TEN_LINES, 'src/c.txt': TEN_LINES, '.gitignore': '*.log\n' };

/** Of commands, those that are refused, and those that pass. */
async function outcomesOf(session: Session, commands: readonly string[]) {
  const refused: string[] = [];
  const passed: string[] = [];
  for (const command of commands) {
    const { call, ...heard } = await session.ask('Bash', { command });
    (heard.refused === undefined ? passed : refused).push(command);
    await session.afterBatch(call);
  }
  return { refused, passed };
}

/** Two sessions of which the second has changed `a.txt` and made `src/new.txt` and, ignored, `test.log`. */
async function givenWork() {
  const given = await givenSessions(FILES);
  const [ada, bo] = [await given.session(), await given.session()];
  await bo.edit('a.txt', 'two', 'TWO');
  await bo.write('src/new.txt', 'new\n');
  await bo.bash('echo hi > test.log');
  return { ...given, ada, bo };
}

/** Another repository, and a worktree of this one in which nobody is at work. */
async function givenElsewhere() {
  const given = await givenWork();
  const tree = `${realpathSync(given.root)}-tree`;
  onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
  git(given.root, 'worktree', 'add', '-q', '--detach', tree);
  return { ...given, main: realpathSync(given.root), tree, other: realpathSync(givenCheckout()) };
}

const THROWS_AWAY = [
  ...['git stash', 'git stash push', 'git stash -u', 'git stash save later', 'git stash push -m "src/c.txt"'],
  ...['git stash push -- a.txt', 'git stash push a.txt', 'git stash push -- "*.txt"', 'git stash push -- :/'],
  ...['git stash push -- ":(top)a.txt"', 'git stash push -- . ":!b.txt"', 'git stash -- ":!b.txt"'],
  ...[
    'git checkout -- ":(icase)A.TXT"',
    'git checkout -- ":(glob)**/a.txt"',
    'git clean -fd ":(glob)s*/*.txt"',
  ],
  ...['git reset --hard', 'git reset --hard HEAD', 'git -c core.x=y reset --hard'],
  ...['git checkout -f', 'git checkout --force', 'git checkout -f -b y', 'git checkout -f main'],
  ...['git checkout a.txt', 'git checkout HEAD~0 a.txt', 'git checkout -- a.txt', 'git checkout -- *.txt'],
  ...['git checkout HEAD -- .', 'git checkout .', 'git checkout -- "*.txt"', 'git checkout -p -- a.txt'],
  ...['git restore a.txt', 'git restore .', 'git restore *.txt', "git restore '*.txt'", 'git restore :/'],
  ...['git restore -s HEAD a.txt', 'git restore --staged --worktree a.txt', 'cd src && git restore ../a.txt'],
  ...['git switch -c x --discard-changes', 'git switch -f -c x HEAD', 'git switch -f main'],
  ...['git rm -f a.txt', 'git rm -rf .', 'git rm -f "*.txt"', 'git clean -fd', 'git clean --force -d src'],
  ...['git clean -xdf', 'git clean -fX', 'git clean -fdx -e "*.txt"', 'git clean -fd -- src'],
  ...['git read-tree -u --reset HEAD', 'git checkout-index -f -a', 'git checkout-index -f a.txt'],
  ...['git rebase --abort', 'git rebase --skip'],
  ...['rm a.txt', 'rm *.txt', 'rm -f ./*.txt', 'rm -rf src/*', 'rm -rf s*', 'rm -- a.txt', 'rm test.log'],
  ...['rm ?.txt', 'rm [ab].txt', 'rm {a,b}.txt', 'rm -rf {src,lib}', 'rm -rf *', 'rm "a.txt"', "rm 'a'.txt"],
  ...['rm -rf .', 'rm -rf ..', 'cd src && rm ../a.txt', 'rm src/../a.txt', 'unlink a.txt', 'shred -u a.txt'],
  ...[
    'truncate -s 0 a.txt',
    'mv a.txt /elsewhere',
    'mv *.txt ../',
    'mv -t /elsewhere a.txt',
    'mv src /elsewhere',
  ],
  ...['find . -delete', 'find . -name "*.txt" -delete', 'find . -type f -name "*.txt" -exec rm {} \\;'],
  ...['find src -exec rm -rf {} +', 'find . -name src -type d -exec rm -rf {} +', 'find -name a.txt -delete'],
  ...['mv --target-directory=/elsewhere a.txt', 'mv -vt /elsewhere a.txt', 'mv -t/elsewhere -- a.txt'],
  ...['rm --recursive src', 'shred -n 3 a.txt', 'truncate --size=0 a.txt', 'unlink -- a.txt'],
  // Started by another program, or by a shell of its own.
  ...['timeout 10 git stash', 'timeout -k 5 10s git stash', 'env -i git stash', 'env A=1 B=2 git stash'],
  ...['A=1 git stash', 'nice -n 5 git stash', 'nohup git stash', 'sudo -u x git stash', 'command git stash'],
  ...['xargs git stash', 'exec git stash', 'time git stash', '/usr/bin/git stash', '/usr/bin/env git stash'],
  ...['bash -c "git stash"', "sh -c 'rm a.txt'", 'bash -lc "cd src && git reset --hard"', 'eval "git stash"'],
  ...[
    'bash -c "git stash; echo $HOME"',
    "bash -euo pipefail -c 'git stash'",
    '\\rm a.txt',
    "timeout 9 bash -c 'git stash'",
  ],
  // However the line is written.
  ...['git \\\nstash', 'rm \\\n a.txt', 'grep x <<< y; git stash', "# Let's stash\ngit stash\n# it's done"],
  ...[
    'echo "$(git stash)"',
    'echo `git stash`',
    'x=$(git stash)',
    'echo "a `git stash` b"',
    'cat <(git stash)',
  ],
  ...[
    '(git stash)',
    '{ git stash; }',
    'if true; then git stash; fi',
    'true && git stash',
    'false || git stash',
  ],
  ...['for f in *; do git stash; done', 'git stash | cat', 'git stash &', 'cat <<EOF\nx\nEOF\ngit stash'],
  ...["cat <<'A' <<-B\nit's\nA\n\t\"\n\tB\ngit stash", 'echo "a # b"; git stash', 'echo a#b; git stash'],
  ...[
    'case x in x) git stash;; esac',
    'files=(a b); git stash',
    'git stash 2>&1',
    'git stash >/dev/null 2>&1',
  ],
  ...[
    "git commit -m \"$(cat <<'E'\nit's (so\nE\n)\"; git stash",
    '(cd src); rm a.txt',
    'cd src; cd -; rm a.txt',
  ],
  ...[
    'cd nowhere; git stash',
    'cd src\ngit stash',
    'pushd src; popd; rm a.txt',
    'bash -c "cd src"; rm a.txt',
  ],
];

test('what would throw away work of another is refused', async () => {
  const { ada } = await givenWork();
  expect((await outcomesOf(ada, THROWS_AWAY)).passed).toEqual([]);
});

const KEEPS = [
  ...['git stash --help', 'git reset --hard --help', 'find . -type d -exec rm {} \\;'],
  ...['git stash list', 'git stash pop', 'git stash apply', 'git stash show -p', 'git stash push -- b.txt'],
  ...[
    'git stash push b.txt',
    'git stash push -u -- src/c.txt',
    'git stash push -- "$FILE"',
    'git stash -- . ":!a.txt"',
  ],
  ...['git checkout -- ":(icase)A"', 'git checkout -- ":(glob)*/a.txt"', 'git clean -fd ":(glob)*.txt"'],
  ...['cd src && git checkout .', 'cd src && git restore .', 'git checkout src/c.txt', 'git checkout -- src'],
  ...['git checkout -b feature', 'git checkout', 'git checkout -- "$FILE"', 'git restore --staged a.txt'],
  ...[
    'git restore b.txt',
    'git restore "src/*.txt"',
    'git reset',
    'git reset --soft HEAD~1',
    'git reset --keep HEAD',
    'git reset --merge',
    'git merge --abort',
    'git stash --staged',
  ],
  ...['git switch -c new', 'git clean -n', 'git clean -fdn', 'git clean -fd -- b', 'cd lib && git clean -fd'],
  ...[
    'git clean -fd -e new.txt',
    'git rm a.txt',
    'git rm -rf --cached a.txt',
    'git rm -f b.txt',
    'git rm -rf lib',
  ],
  ...[
    'git worktree remove --force .',
    'git worktree remove ../x',
    'git checkout-index a.txt',
    'git read-tree HEAD',
    'git rebase --continue',
  ],
  ...[
    'rm b.txt',
    'rm *.md',
    'rm -rf lib/*',
    'rm src/c.*',
    'rm "*.txt"',
    'rm "$FILE"',
    'rm -f .*',
    'rm {b,d}.txt',
  ],
  ...[
    'cd src && rm a.txt',
    'cd src && rm *.log',
    'mv b.txt /elsewhere',
    'mv a.txt d.txt',
    'truncate -s 0 b.txt',
  ],
  ...['truncate -s a.txt b.txt', 'find . -name "*.pyc" -delete', 'find . -name "*.txt"', 'find lib -delete'],
  ...['find . -type d -delete', 'find . -mtime +7 -delete', 'find . -type d -name lib -exec rm -rf {} +'],
  ...[
    'echo git stash',
    'echo "git stash"',
    "echo 'git stash'",
    'git commit -m "reset --hard"',
    '# git stash',
  ],
  ...[
    'cat <<EOF\ngit stash\nEOF',
    'grep stash <<< "git stash"',
    'command -v git stash',
    'ssh host git stash',
  ],
  ...[
    'git commit -m "$(cat <<\'EOF\'\ngit stash; rm a.txt\nEOF\n)"',
    'echo "it\'s" # git stash',
    'printf "%s" \'; git stash\'',
  ],
  ...[
    'mkdir x && cd x && git init && git reset --hard',
    'cd "$(mktemp -d)" && git stash',
    'cd $X; git stash',
  ],
  ...['git commit -uno -m x', 'git commit -Snobody -m x', 'git checkout HEAD', 'git checkout -q HEAD'],
  ...['git push --dry-run --force', 'git push -nf', 'git pull --rebase --autostash --no-autostash'],
  ...['mv -vt src a.txt', 'mv --target-directory=src a.txt', 'truncate -s 0 src', 'shred -u src'],
  ...['git clone https://host/tool.git; cd tool; git reset --hard', 'git branch -M x', 'git pull --rebase'],
  ...[
    'git push',
    'git push --force-if-includes',
    'git commit -am x',
    'git commit -m "-n"',
    "git stash 'never ends",
  ],
];

test('what keeps the work of another is not', async () => {
  const { ada } = await givenWork();
  expect((await outcomesOf(ada, KEEPS)).refused).toEqual([]);
});

test('what touches files that git does not follow is refused for these only where it takes them', async () => {
  const given = await givenSessions(FILES);
  const [ada, bo] = [await given.session(), await given.session()];
  const commands = [
    ...[
      'git stash',
      'git stash -u',
      'git stash -a',
      'git reset --hard',
      'git checkout .',
      'git switch other',
    ],
    ...['git clean -fd', 'git clean -fdx', 'git clean -fdX', 'rm -rf *'],
  ];
  await bo.bash('echo hi > test.log');
  const ofIgnored = ['git stash -a', 'git clean -fdx', 'git clean -fdX', 'rm -rf *'];
  expect((await outcomesOf(ada, commands)).refused).toEqual(ofIgnored);
  rmSync(given.path('test.log'));
  await bo.write('new.txt', 'new\n');
  const ofNew = [
    'git stash -u',
    'git stash -a',
    'git switch other',
    'git clean -fd',
    'git clean -fdx',
    'rm -rf *',
  ];
  expect((await outcomesOf(ada, commands)).refused).toEqual(ofNew);
  git(given.root, 'add', 'new.txt');
  const ofAdded = commands.filter((command) => !command.startsWith('git clean'));
  expect((await outcomesOf(ada, commands)).refused).toEqual(ofAdded);
});

const CLEANS = [
  ...["-X -e '*.txt'", "-d -e ''", '-d', '', '.', 'fresh', "'*.txt'", '-d -e fresh/new.txt', '-d -e fresh/'],
  ...['-d -e /fresh/new.txt', '-d -e /new.txt', '-d -e new.txt/', '-d -e new.txt', "-d -e '**/new.txt'"],
  ...[
    "-d -e 'fresh/*'",
    "-d -e 'f*' -e '!new.txt'",
    "-d -e '*.txt' -e '!new.txt'",
    "-d -e '!*.log'",
    "-d -e 'c/d.txt'",
  ],
  ...["-dx -e '*.log'", "-dX -e '!test.log'", "-dX -e '!test.log' -e c.txt", '-x', '-X', '-dx', '-d -e src'],
  ...[
    "-d ':(glob)*/*.txt'",
    "-d ':!fresh'",
    "-X ':!test.log'",
    '-d -e ../fresh',
    '-d -e s?c/',
    "-d -e 'src/**/d.txt'",
  ],
];

test.each(['top.txt', 'fresh/new.txt', 'src/c.txt', 'src/c/d.txt', 'test.log'])(
  'git clean is refused over %s exactly where git itself says that it would remove it',
  async (file) => {
    const given = await givenSessions({ 'a.txt': 'one\n', 'src/b.txt': 'one\n', '.gitignore': '*.log\n' });
    const [ada, bo] = [await given.session(), await given.session()];
    await bo.write(file, 'work\n');
    const { refused } = await outcomesOf(
      ada,
      CLEANS.map((args) => `git clean -f ${args}`),
    );
    const removing = CLEANS.filter((args) => {
      const asked = spawnSync('sh', ['-c', `git clean -n ${args}`], { cwd: given.root, encoding: 'utf8' });
      return asked.stdout !== '';
    });
    expect(refused).toEqual(removing.map((args) => `git clean -f ${args}`));
  },
);

test('git clean -X takes what is ignored also from a new folder, if other files are in it', async () => {
  const { session, put } = await givenSessions({ '.gitignore': '*.log\n' });
  const [ada, bo] = [await session(), await session()];
  await bo.write('fresh/new.log', 'work\n');
  const commands = ['git clean -fX', 'cd fresh && git clean -fX'];
  expect(await outcomesOf(ada, commands)).toMatchObject({ refused: [] });
  put('fresh/new.txt', '');
  expect(await outcomesOf(ada, commands)).toMatchObject({ passed: [] });
  const others = ['git clean -f', 'git clean -fx', "git clean -fX -e '*.txt'"];
  expect(await outcomesOf(ada, others)).toMatchObject({ refused: [] });
});

const TREE = { 'a.txt': 'one\n', 'src/b.txt': 'one\n', 'src/sub/c.txt': 'one\n', 'src/sub/src': 'one\n' };
const REMOVALS = [
  ...[
    'rm *',
    'rm -r *',
    'rm -f src',
    'rm -f src/*',
    'rm -R src',
    'rm -rf src/sub',
    'rm -fr */',
    'unlink src',
  ],
  ...[
    'find . -maxdepth 1 -name "*.txt" -delete',
    'find . -mindepth 2 -name "*.txt" -delete',
    'find . -delete',
  ],
  ...['find . -name src -delete', 'find . -name src -exec rm {} +', 'find . -name src -exec rm -rf {} +'],
  ...[
    'find src -maxdepth 0 -exec rm -rf {} +',
    'find . -maxdepth 0 -exec rm -rf {} +',
    'find src -maxdepth 0 -delete',
  ],
  ...['find . -type f -name src -exec rm -r {} \\;', 'find . -type d -name sub -exec rm -fr {} +'],
  ...['find src -name src -exec rm -rf {} +', 'find ./src/. -name src -exec rm -rf {} +'],
  ...['find s* -maxdepth 1 -type f -exec rm -f {} +', 'find src/* -maxdepth 0 -exec rm -Rf {} +'],
  ...['find . -mindepth 1 -maxdepth 1 -type f -exec rm {} +', 'find src -mindepth 2 -exec rm -rf {} +'],
];

test.each(Object.keys(TREE))(
  'a command that removes is refused over %s exactly where it takes that',
  async (file) => {
    const given = await givenSessions(TREE);
    const [ada, bo] = [await given.session(), await given.session()];
    await bo.edit(file, 'one', 'two');
    const { refused } = await outcomesOf(ada, REMOVALS);
    const removing = REMOVALS.filter((command) => {
      for (const [name, text] of Object.entries(TREE)) given.put(name, text);
      spawnSync('sh', ['-c', command], { cwd: given.root });
      return !existsSync(given.path(file));
    });
    expect(refused).toEqual(removing);
  },
);

test('git itself leaves in the stash what it has stashed for a pull, where that does not fit any more', () => {
  const [root, from] = [givenCheckout(), givenCheckout()];
  git(root, 'fetch', '-q', from, 'HEAD');
  git(root, 'reset', '-q', '--hard', 'FETCH_HEAD');
  writeFileSync(join(from, 'a.txt'), 'theirs\n');
  git(from, 'commit', '-qam', 'theirs');
  writeFileSync(join(root, 'a.txt'), 'ours\n');
  git(root, 'pull', '-q', '--rebase', '--autostash', from, 'HEAD');
  expect(git(root, 'stash', 'show', '-p')).toContain('+ours');
});

test('what drops only what is staged is refused where something of another is', async () => {
  const given = await givenSessions(FILES);
  const [ada, bo] = [await given.session(), await given.session()];
  await bo.edit('a.txt', 'two', 'TWO');
  await bo.write('new.txt', 'new\n');
  const commands = [
    ...['git merge --abort', 'git cherry-pick --abort', 'git revert --abort', 'git cherry-pick --skip'],
    ...['git revert --skip', 'git reset --merge', 'git stash --staged', 'git stash push -S -m x'],
  ];
  expect((await outcomesOf(ada, commands)).refused).toEqual([]);
  git(given.root, 'add', 'new.txt');
  const others = ['git merge other', 'git stash -S -- a.txt', 'git cherry-pick --quit'];
  expect(await outcomesOf(ada, [...commands, ...others])).toEqual({ refused: commands, passed: others });
  git(given.root, 'rm', '-q', '--cached', 'new.txt');
  git(given.root, 'add', 'a.txt');
  expect((await outcomesOf(ada, commands)).passed).toEqual([]);
});

test.each(['git merge --abort', 'git cherry-pick --abort', 'git reset --merge', 'git stash --staged'])(
  'git itself keeps by %s what is not staged, and drops what is',
  (command) => {
    const root = givenCheckout({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    if (command.endsWith('--abort')) {
      git(root, 'switch', '-qc', 'other');
      writeFileSync(join(root, 'b.txt'), 'theirs\n');
      git(root, 'commit', '-qam', 'theirs');
      git(root, 'switch', '-q', '-');
      writeFileSync(join(root, 'b.txt'), 'ours\n');
      git(root, 'commit', '-qam', 'ours');
      expect(() => git(root, command.split(' ')[1] ?? '', 'other')).toThrow();
    }
    writeFileSync(join(root, 'a.txt'), 'two\n');
    writeFileSync(join(root, 'new.txt'), 'new\n');
    git(root, 'add', 'new.txt');
    git(root, ...command.split(' ').slice(1));
    expect(git(root, 'status', '--porcelain')).toBe('M a.txt');
  },
);

test('what another has removed and not committed is its work', async () => {
  const given = await givenSessions(FILES);
  const [ada, bo] = [await given.session(), await given.session()];
  await bo.bash('rm b.txt');
  const commands = ['git stash', 'git checkout -- b.txt', 'git clean -fd', 'git checkout -- a.txt'];
  expect((await outcomesOf(ada, commands)).refused).toEqual(commands.slice(0, 2));
});

test('a command that acts in another repository, or in a worktree where nobody is at work, is none of the guard’s business', async () => {
  const { ada, other, tree } = await givenElsewhere();
  const commands = [other, tree].flatMap((place) => [
    ...[`cd ${place} && git stash`, `git -C ${place} clean -fd`, `cd ${place} && git reset --hard`],
    ...[`git -C ${place} reset --hard`, `(cd ${place} && git checkout -f)`, `rm -rf ${place}/*`],
    ...[
      `bash -c "cd ${place} && git stash"`,
      `env -C ${place} git stash`,
      `git --work-tree=${place} checkout .`,
    ],
    ...[`cd ${place}; git switch other`, `cd ${place} && rm a.txt`, `find ${place} -delete`],
  ]);
  expect((await outcomesOf(ada, commands)).refused).toEqual([]);
  expect((await outcomesOf(ada, [`(cd ${other}) && git stash`, `cd ${other} | git stash`])).passed).toEqual(
    [],
  );
});

test.each(['a worktree', 'another repository'])(
  'a command that is given in %s and acts where another is at work is refused',
  async (from) => {
    const given = await givenElsewhere();
    const { main, tree, other } = given;
    const cy = await given.session({ cwd: from === 'a worktree' ? tree : other });
    const commands = [
      ...[`git -C ${main} stash`, `cd ${main} && git reset --hard`, `rm ${main}/a.txt`, `rm -rf ${main}`],
      ...[`cd ${main}; rm *.txt`, `git -C ${main} checkout -- a.txt`, `bash -c 'cd ${main} && git stash'`],
      `find ${main} -name a.txt -delete`,
    ];
    expect((await outcomesOf(cy, commands)).passed).toEqual([]);
    expect(
      (await outcomesOf(cy, ['git stash', 'rm -rf *', `rm ${main}/b.txt`, `git worktree remove -f ${main}`]))
        .refused,
    ).toEqual([]);
    const { refused } = await cy.ask('Bash', { command: `git -C ${main} stash` });
    expect(refused).toContain(`would throw away work of bo, who is at work in ${main} (`);
  },
);

test('a worktree is found by the end of its path before its path, as git does it, and only where that is the only one', async () => {
  const given = await givenSessions({ 'a.txt': 'one\n' });
  const trees = `${realpathSync(given.root)}-trees`;
  onTestFinished(() => rmSync(trees, { recursive: true, force: true }));
  for (const tree of ['ours', 'x/two', 'y/two'])
    git(given.root, 'worktree', 'add', '-q', '--detach', join(trees, tree));
  mkdirSync(given.path('ours'));
  const [ada, bo] = [await given.session(), await given.session({ cwd: join(trees, 'ours') })];
  const cy = await given.session({ cwd: join(trees, 'x/two') });
  await bo.write('new.txt', 'work\n');
  await cy.write('new.txt', 'work\n');
  const names = ['ours', `${trees.slice(1)}/ours`, `${trees}/ours/`, 'x/two', `../${basename(trees)}/x/two`];
  const removing = names.map((name) => `git worktree remove --force ${name}`);
  expect((await outcomesOf(ada, removing)).passed).toEqual([]);
  const none = ['two', './ours', 's', 'OURS'].map((name) => `git worktree remove --force ${name}`);
  const passing = [...none, 'git worktree remove -f y/two', 'git worktree remove ours'];
  expect((await outcomesOf(ada, passing)).refused).toEqual([]);
  const left = (commands: readonly string[]) => {
    for (const command of commands) spawnSync('sh', ['-c', command], { cwd: given.root });
    return git(given.root, 'worktree', 'list').split('\n').length;
  };
  expect([left(none), left(removing)]).toEqual([4, 2]);
});

test('a command that writes in another checkout than its own is accounted for there', async () => {
  const given = await givenElsewhere();
  const cy = await given.session({ cwd: given.other });
  await given.ada.read('b.txt');
  await cy.bash(`cd ${given.main} && f=b.txt && echo more >> "$f"`);
  expect((await given.ada.afterBatch()).told).toMatch(/b\.txt has changed[\s\S]*a command of cy/);
});

test.each([
  ['git push --force', 'may drop what others have pushed, among them bo'],
  ['git push -fu origin main', 'may drop what others have pushed, among them bo'],
  ['git push --force-with-lease=main origin', 'may drop what others have pushed, among them bo'],
  ['git push origin +main', 'may drop what others have pushed, among them bo'],
  ['git commit --no-verify -am x', 'would go past the check that keeps out of your commit the work of bo'],
  ['git commit -anm x', 'would go past the check that keeps out of your commit the work of bo'],
  ['git -c core.hooksPath=/dev/null commit -am x', 'would go past the check that keeps out of your commit'],
  ['git commit -n -m x -- a.txt', 'would go past the check that keeps out of your commit the work of bo'],
  ['git checkout --detach', 'would take off its branch the work of bo'],
  ['git checkout -d HEAD', 'would take off its branch the work of bo'],
  ['git switch --detach', 'would take off its branch the work of bo'],
  ['git pull --rebase --autostash', 'leave in the stash, the work of bo'],
  ['git rebase --autostash other', 'leave in the stash, the work of bo'],
  ['git merge --autostash other', 'leave in the stash, the work of bo'],
  ['git switch other', 'would take to another branch the work of bo'],
  ['git checkout other', 'would take to another branch the work of bo'],
])('%s is refused for what it does: it %s', async (command, harm) => {
  const { ada } = await givenWork();
  const { refused } = await ada.ask('Bash', { command });
  expect(refused).toContain(harm);
  expect(refused).not.toContain('throw away');
});

test('a commit past the hooks of one’s own files, and a switch to the branch that one is on, pass', async () => {
  const { ada, root } = await givenWork();
  const branch = git(root, 'branch', '--show-current').trim();
  const commands = [
    'git commit -n -m x -- b.txt',
    `git switch ${branch}`,
    `git checkout ${branch} && git pull`,
  ];
  expect((await outcomesOf(ada, commands)).refused).toEqual([]);
  const detaching = [`git switch --detach ${branch}`, `git checkout -d ${branch}`];
  expect((await outcomesOf(ada, detaching)).passed).toEqual([]);
});

test('what lies below a link now keeps nobody from being told what else a command takes', async () => {
  const { ada, bo, path } = await givenWork();
  await bo.write('lib/x.txt', 'x\n');
  renameSync(path('lib'), path('lib2'));
  symlinkSync('lib2', path('lib'));
  const commands = ['git reset --hard', 'git checkout -- a.txt', 'git clean -fd', 'git clean -fX'];
  expect((await outcomesOf(ada, commands)).passed).toEqual([]);
  const others = ['git checkout -- b.txt', 'git clean -fd -- src/empty', 'rm b.txt'];
  expect((await outcomesOf(ada, others)).refused).toEqual([]);
});

test('a command whose look fails is refused where others have work that it names, with the reason', async () => {
  const { ada, put } = await givenWork();
  put('.git/index', 'no index');
  const { refused } = await ada.ask('Bash', { command: 'git reset --hard' });
  expect(refused).toMatch(
    /^callsheet: not run\. `git reset --hard` would throw away work of bo, .*\nWhether it would could not be told: .*index/,
  );
  expect((await outcomesOf(ada, ['git checkout -- b.txt', 'git status', 'rm b.txt'])).refused).toEqual([]);
});

test('under the policy warn a command whose look fails passes with a warning', async () => {
  const { ada, put } = await givenWork();
  put('callsheet.config.yaml', 'guard: warn\n');
  put('.git/index', 'no index');
  const { refused, told } = await ada.ask('Bash', { command: 'git reset --hard' });
  expect(refused).toBeUndefined();
  expect(told).toContain('take care. `git reset --hard` would throw away work of bo');
});

test('a link does not hide what is removed', async () => {
  const { ada, main } = await givenElsewhere();
  const link = `${main}-link`;
  onTestFinished(() => rmSync(link, { force: true }));
  symlinkSync(main, link);
  mkdirSync(join(main, 'lib'));
  writeFileSync(join(main, 'lib/x'), '');
  const commands = [
    `rm ${link}/a.txt`,
    `rm ${link}/*.txt`,
    `git -C ${link} stash`,
    `cd ${link}/src && rm new.txt`,
  ];
  expect((await outcomesOf(ada, [...commands, `rm ${link}`])).passed).toEqual([`rm ${link}`]);
});

test('a name that could be a pattern is protected as any other', async () => {
  const page = 'app/[id]/page.tsx';
  const given = await givenSessions({ [page]: TEN_LINES, 'app/other/page.tsx': TEN_LINES });
  const [ada, bo] = [await given.session(), await given.session()];
  await bo.edit(page, 'two', 'TWO');
  await bo.write('app/[new]/x.tsx', 'work\n');
  const takes = [
    ...[`git checkout -- "${page}"`, `git checkout ${page}`, `git restore '${page}'`, 'git restore app/[id]'],
    ...[
      `git stash push -- "${page}"`,
      `git rm -f ${page}`,
      'git rm -rf "app/[id]"',
      'cd app/[id] && git stash',
    ],
    ...[
      'git clean -fd "app/[new]"',
      `rm ${page}`,
      'rm -rf app/[id]',
      'rm -rf app/{[id],x}',
      `mv ${page} /else`,
    ],
    ...[`truncate -s 0 ${page}`, 'find app/[id] -delete', 'git checkout -- "app/\\[id]/*.tsx"'],
  ];
  expect((await outcomesOf(ada, takes)).passed).toEqual([]);
  const keeps = [
    'git restore "app/[io]d/page.tsx"',
    'rm app/[id]/other.tsx',
    'git restore app/[o]*',
    'rm app/o*/*',
  ];
  expect((await outcomesOf(ada, keeps)).refused).toEqual([]);
});
