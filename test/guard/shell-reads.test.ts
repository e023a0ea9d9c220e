import { describe, expect, test } from 'vitest';
import { givenSessions, TEN_LINES } from './given-sessions.js';

/** What a session is told that replaces a file which it has seen by a command only; undefined: nothing. */
async function overwrittenAfter(command: string, files: Record<string, string> = {}) {
  const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n', ...files });
  const ada = await given.session();
  await ada.bash(command);
  return (await ada.write('a.txt', 'x\n')).refused;
}

test.each([
  ...[
    'cat a.txt',
    'cat a.txt b.txt',
    'cat *.txt',
    'cat ?.txt',
    'cat {a,b}.txt',
    'cat < a.txt',
    'cat -n a.txt',
  ],
  ...[
    'cat a.txt 2>/dev/null',
    'cat a.txt 2>&1',
    'cat a.txt 2>/dev/null || true',
    'cat a.txt; echo done',
    '/bin/cat a.txt',
  ],
  ...[
    'cd . && cat a.txt',
    'ls -la && wc -l *.txt && cat a.txt',
    'echo "== a"; cat a.txt; echo "== b"; cat b.txt',
    'pwd && ls && false; cat a.txt',
  ],
  ...[
    'cat b.txt && echo --- && cat a.txt',
    'cat "a.txt" # all of it',
    'cat \\\n  a.txt',
    'wc -l a.txt; cat a.txt',
  ],
  ...[
    'cat < b.txt < a.txt',
    'cat <<X; cat a.txt\nx\nX',
    'cat a.txt; echo "exit $?"',
    'cat b.txt > c.txt; cat a.txt; echo what? [ok] "$HOME"',
    'ls *.txt; ls -la b.txt nothing; cat a.txt',
  ],
])('all of a file is shown by: %s', async (command) => {
  expect(await overwrittenAfter(command)).toBeUndefined();
});

test.each([
  ...[
    'cat a.txt | head -3',
    'cat a.txt > b.txt',
    'cat a.txt &> b.txt',
    'cat a.txt >&2 2>/dev/null',
    'cat -s a.txt',
  ],
  ...['{ cat a.txt; cat b.txt; } > all.txt', '(cat a.txt) | head -2', 'V=$(cat a.txt)', 'false && cat a.txt'],
  ...[
    'for i in 1; do cat a.txt; done | wc -l',
    'cat a.txt &',
    'x=`cat a.txt`',
    'true || cat a.txt',
    'ls nothing && cat a.txt',
  ],
  ...[
    'if grep -q "$(cat a.txt)" b.txt; then :; fi',
    'if false; then cat a.txt; fi',
    'exit; cat a.txt',
    'npm test; cat a.txt',
  ],
  ...[
    'cat nothing.txt && cat a.txt',
    'cd nowhere && cat a.txt',
    'f() { cat a.txt; }',
    'bash -c "cat a.txt" >/dev/null',
  ],
  ...[
    'cat a.txt | cat',
    'exec >/dev/null; cat a.txt',
    'while false; do cat a.txt; done',
    'cat a.txt b.txt | tail -1',
  ],
  ...[
    'echo $(cat a.txt) | wc',
    'ls -R; cat a.txt',
    'yes | cat a.txt',
    'seq 99999; cat a.txt',
    'timeout 1 cat a.txt | true',
  ],
  ...[
    'cat b.txt < a.txt',
    'cat < a.txt < b.txt',
    'cat < a.txt <<X\nx\nX',
    'cat 3< a.txt',
    'cat "$BIG" a.txt',
    'cat "$BIG"; cat a.txt',
    'ls $BIG; cat a.txt',
  ],
  ...['cat . && cat a.txt', 'cat <<X; cat a.txt\n$BIG\nX', 'cat a.txt; cat /dev/stdin </dev/null'],
])('a part only is shown by: %s', async (command) => {
  expect(await overwrittenAfter(command)).toMatch(/a part only|which you have not seen/);
});

test('all of a file is shown whose name could be a pattern, unless another fits it', async () => {
  const given = await givenSessions({ '[a].txt': TEN_LINES, '[b].txt': TEN_LINES, 'b.txt': TEN_LINES });
  const ada = await given.session();
  await ada.bash('cat [a].txt [b].txt');
  const refused = [await ada.write('[a].txt', 'x\n'), await ada.write('b.txt', 'x\n')];
  expect(refused.map((each) => each.refused)).toEqual([undefined, undefined]);
  expect((await ada.write('[b].txt', 'x\n')).refused).toContain('which you have not seen');
});

test('all of a file is shown of whose name a part is quoted that could be a pattern', async () => {
  const given = await givenSessions({ 'a*?.txt': TEN_LINES });
  const ada = await given.session();
  await ada.bash('cat "a*?".txt');
  expect((await ada.write('a*?.txt', 'x\n')).refused).toBeUndefined();
});

test('of what is longer than clients show, a cat shows a part', async () => {
  const long = `${'a line that is long enough to be one of many\n'.repeat(400)}`;
  expect(await overwrittenAfter('cat a.txt', { 'a.txt': long })).toBeUndefined();
  expect(await overwrittenAfter('cat a.txt', { 'a.txt': long.repeat(2) })).toContain('a part only');
  expect(await overwrittenAfter('cat a.txt b.txt', { 'a.txt': long, 'b.txt': long })).toContain(
    'a part only',
  );
});

describe('of a line that prints more than clients show, a cat shows a part', () => {
  const many = (count: number, text: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`d/one-of-many-names-${String(at).padStart(3, '0')}`, text]),
    );
  const long = 'word '.repeat(5_000);

  test.each<[string, string, Record<string, string>]>([
    ['many files', 'cat a.txt d/*', many(300, long.slice(0, 100))],
    ['a folder in detail', 'cat a.txt; ls -la d', many(300, '')],
    ['many names in detail', 'cat a.txt; ls d/* -l', many(300, '')],
    ['many names', 'cat a.txt; echo d/* d/* d/*', many(300, '')],
    ['numbers', 'cat a.txt; echo {1..9999}', {}],
    ['a command inside', 'cat a.txt; echo "$(cat b.txt)"', { 'b.txt': long }],
    ['another way out', 'cat a.txt; cat b.txt >&2', { 'b.txt': long }],
    ['its own text', `cat a.txt; echo ${long}`, {}],
    ['a here-document', `cat a.txt; cat <<X\n${long}\nX`, {}],
  ])('%s', async (_, command, files) => {
    expect(await overwrittenAfter(command, files)).toContain('a part only');
  });

  test.each([
    ['cat a.txt; cat d/*', many(200, 'x\n')],
    ['ls d; cat a.txt', many(300, '')],
    ['ls -l d; cat a.txt', many(200, '')],
    ['cat b.txt > c.txt; cat a.txt', { 'b.txt': long }],
  ])('and not of one that does not: %s', async (command, files) => {
    expect(await overwrittenAfter(command, files)).toBeUndefined();
  });
});

test('of what is no text, a cat shows a part', async () => {
  expect(await overwrittenAfter('cat a.txt', { 'a.txt': 'a\0b\n' })).toContain('a part only');
});
