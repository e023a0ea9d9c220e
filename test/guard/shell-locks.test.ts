import { expect, test } from 'vitest';
import { findLocks } from '../../src/lock/index.js';
import { givenSessions, put, TEN_LINES } from './given-sessions.js';

const FILES = { 'a.txt': TEN_LINES, 'b.txt': TEN_LINES, 'src/c.txt': TEN_LINES, 'src/a.txt': 'x\n' };

async function givenPolicy(policy: string) {
  const given = await givenSessions({ ...FILES, 'callsheet.config.yaml': `guard: ${policy}\n` });
  return { ...given, ada: await given.session(), bo: await given.session() };
}

const WRITES = [
  ...[
    "sed -i 's/two/TWO/' a.txt",
    "sed -i -e 's/two/TWO/' a.txt",
    "perl -pi -e 's/two/TWO/' a.txt",
    'git mv a.txt d.txt',
  ],
  ...[
    'echo x > a.txt',
    'echo x >> a.txt',
    'echo x | tee a.txt',
    'cp b.txt a.txt',
    'mv b.txt a.txt',
    'rm a.txt',
    '> a.txt',
    'mv src/a.txt .',
  ],
  ...[
    'touch b.txt a.txt',
    'git rm a.txt',
    'truncate -s 0 a.txt',
    'git checkout -- a.txt',
    'git restore a.txt',
    'rm *.txt',
  ],
  ...['timeout 9 sh -c "echo x > a.txt"', 'cd src && echo x > ../a.txt', 'echo x 2> a.txt'],
];

test.each(WRITES)('what another has locked by hand is not written by: %s', async (command) => {
  const { ada, text, call } = await givenPolicy('guard');
  await call('lock.acquire', { paths: ['a.txt'], reason: 'I sort it' }, { as: 'mia' });
  const { refused } = await ada.bash(command);
  expect(refused).toMatch(/^callsheet: not run\. a\.txt is locked by mia.*“I sort it”/);
  expect(refused).toContain('callsheet lock acquire a.txt --wait 5m');
  expect(text('a.txt')).toBe(TEN_LINES);
});

test('what another has locked is read, and all else is written', async () => {
  const { ada, call } = await givenPolicy('guard');
  await call('lock.acquire', { paths: ['a.txt'] }, { as: 'mia' });
  for (const command of [
    'cat a.txt',
    "sed -n 's/two/a/p' a.txt",
    'cp a.txt d.txt',
    'echo x > b.txt',
    'grep -r one .',
  ])
    expect({ command, refused: (await ada.bash(command)).refused }).toEqual({ command });
});

test.each(['mv b.txt src', 'cp b.txt src/', 'mv -t src b.txt', 'cp -t src b.txt', 'git mv b.txt src'])(
  'into a folder of which a file is locked others are brought: %s',
  async (command) => {
    const { ada, call } = await givenPolicy('guard');
    await call('lock.acquire', { paths: ['src/c.txt'] }, { as: 'mia' });
    expect((await ada.bash(command)).refused).toBeUndefined();
  },
);

test.each([
  'cp a.txt src',
  'mv a.txt b.txt src/',
  'cp -t src a.txt',
  'mv -t src a.txt',
  'git mv -f a.txt src',
])('the locked file that would be replaced there is kept: %s', async (command) => {
  const { ada, text, call } = await givenPolicy('guard');
  await call('lock.acquire', { paths: ['src/a.txt'] }, { as: 'mia' });
  expect((await ada.bash(command)).refused).toContain('src/a.txt is locked by mia');
  expect(text('src/a.txt')).toBe('x\n');
});

test('a lock on a folder holds for what is in it', async () => {
  const { ada, call } = await givenPolicy('guard');
  await call('lock.acquire', { paths: ['src/'] }, { as: 'mia' });
  expect((await ada.bash('echo x > src/new.txt')).refused).toContain('is locked by mia');
});

test('a lock holds for a name that could be a pattern, and none is taken for what may be only that', async () => {
  const page = 'app/[id]/page.tsx';
  const given = await givenPolicy('lock');
  put(given.path(page), 'x\n');
  await given.call('lock.acquire', { paths: [page] }, { as: 'mia' });
  expect((await given.ada.bash(`sed -i s/x/y/ ${page}`)).refused).toContain('is locked by mia');
  await given.ada.bash('rm -f *.tmp; echo x > app/[id]/new.tsx');
  expect((await findLocks(given.sheet.store, { byHand: false })).flatMap(({ paths }) => paths)).toEqual([
    'app/[id]/new.tsx',
  ]);
});

test('with the policy warn a lock is said, with cowboy not', async () => {
  const warned = await givenPolicy('warn');
  await warned.call('lock.acquire', { paths: ['a.txt'] }, { as: 'mia' });
  const { refused, told } = await warned.ada.bash('echo x > a.txt');
  expect({ refused, told }).toEqual({
    told: expect.stringContaining('take care. a.txt is locked by mia') as string,
  });
  const cowboy = await givenPolicy('cowboy');
  await cowboy.call('lock.acquire', { paths: ['a.txt'] }, { as: 'mia' });
  expect(await cowboy.ada.bash('echo x > a.txt')).toEqual({});
});

test('under the policy lock a command waits in line for the file that another is at work on', async () => {
  const { ada, bo, clock, text } = await givenPolicy('lock');
  await ada.edit('a.txt', 'two', 'TWO');
  const { refused } = await bo.bash("sed -i 's/nine/NINE/' a.txt");
  expect(refused).toMatch(/not run\. a\.txt is locked by ada[\s\S]*You are number 1 in line/);
  expect(text('a.txt')).not.toContain('NINE');
  clock.advance(1_000);
  await ada.stop();
  expect((await bo.afterBatch()).told).toContain('a.txt is yours now');
  expect((await bo.bash("sed -i 's/nine/NINE/' a.txt")).refused).toBeUndefined();
});

test('under the policy lock a command keeps others out of what it writes, and of nothing when it is refused', async () => {
  const { ada, bo, sheet } = await givenPolicy('lock');
  expect((await bo.bash("sed -i 's/nine/NINE/' b.txt")).refused).toBeUndefined();
  expect((await ada.edit('b.txt', 'two', 'TWO')).refused).toContain('b.txt is locked by bo');
  expect((await ada.bash('echo x > src/new.txt; echo x > b.txt')).refused).toContain('b.txt is locked by bo');
  const held = (await findLocks(sheet.store, {})).filter(({ state }) => state === 'held');
  expect(held.map(({ paths }) => paths)).toEqual([['b.txt']]);
});
