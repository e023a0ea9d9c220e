import { expect, test } from 'vitest';
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

test('of what is longer than clients show, a cat shows a part', async () => {
  const long = `${'a line that is long enough to be one of many\n'.repeat(400)}`;
  expect(await overwrittenAfter('cat a.txt', { 'a.txt': long })).toBeUndefined();
  expect(await overwrittenAfter('cat a.txt', { 'a.txt': long.repeat(2) })).toContain('a part only');
  expect(await overwrittenAfter('cat a.txt b.txt', { 'a.txt': long, 'b.txt': long })).toContain(
    'a part only',
  );
});

test('of what is no text, a cat shows a part', async () => {
  expect(await overwrittenAfter('cat a.txt', { 'a.txt': 'a\0b\n' })).toContain('a part only');
});
