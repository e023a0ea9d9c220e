import { Dir, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { dangersIn } from '../../src/guard/shell-dangers.js';
import { shellCommands } from '../../src/guard/shell-commands.js';
import { shownBy } from '../../src/guard/shell-reads.js';
import { writtenBy } from '../../src/guard/shell-writes.js';
import { fits } from '../../src/guard/wildcard.js';

const named = (line: string): string[][] => shellCommands(line, '/').map(({ words }) => words);

describe('the commands of a shell line', () => {
  test.each([
    ['a "b c" \'d e\' f\\ g', [['a', 'b c', 'd e', 'f g']]],
    ['a"b"\'c\'d', [['abcd']]],
    ['a "b\\"c" "d\\n" \'\'', [['a', 'b"c', 'd\\n', '']]],
    ['a; b && c || d | e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    ['a $b "$c" *.d e', [['a', 'e']]],
    ['a # b\nc', [['a'], ['c']]],
    ['a <<X b\nc\nX\nd', [['a', 'b'], ['d']]],
    ['a <<X && b\nc\nX\n', [['a'], ['b']]],
    ['a <<-"X"\n\tc\n\tX\nd', [['a'], ['d']]],
    ['a <<X\nb', [['a']]],
    ['a > b 2>&1 < c d', [['a', 'd']]],
    ['a $(b "$(c)") d', [['c'], ['b'], ['a', 'd']]],
    ["a 'b", []],
    ["a; b 'c", [['a']]],
    ['a=1 b=2 c', [['c']]],
    ['a=(b c); d', [['d']]],
    ['timeout -s KILL 5 nice -n 3 /bin/a b', [['a', 'b']]],
    ['if a; then b; fi', [['a'], ['b'], ['fi']]],
    ["a $'b\\'c' $'d\\n'; e", [['a', "b'c", 'd\n'], ['e']]],
    ["a $(b $'c\\'d') e; f", [['b', "c'd"], ['a', 'e'], ['f']]],
    [
      "a \"b$'\"; c 'd'",
      [
        ['a', "b$'"],
        ['c', 'd'],
      ],
    ],
    ['a $"b$\'"; c', [['a', "$b$'"], ['c']]],
    ['a "${b:-c\'d}"; e', [['a'], ['e']]],
    ['a "${b:-\'"\'}"; e', [['a'], ['e']]],
    ['a "${b%%\'"\'*}"; e', [['a'], ['e']]],
    ['a ${b:-"}$${b:-"}; c', [['a'], ['c']]],
    ['time -p a', [['a']]],
    ['((a = 1 << 2))\nb', [['a', '=', '1', '2'], ['b']]],
    ['a "$(((1) << 2))\n"\nb', [['1'], ['a'], ['b']]],
    ['a $(b $((1 << 2))\nc\n) d', [['1'], ['b'], ['c'], ['a', 'd']]],
    ['((a) && b <<X\nc\nX\n)\nd', [['a'], ['b'], ['d']]],
    ['(case a in b) c;; d) e;; esac; f)', [['c'], ['e'], ['esac'], ['f']]],
    ['a <<"X Y"\nX\nX Y\nb', [['a'], ['b']]],
    ["a <<'' b\nit's\n\nc", [['a', 'b'], ['c']]],
    ["a <<X' 'Y\\ Z\nX\nX Y Z\nb", [['a'], ['b']]],
    ['sudo -nu root a; sudo -nuroot b', [['a'], ['b']]],
    ['flock -w 5 /x -c "a; b"; flock /x c -c d', [['a'], ['b'], ['sh', '-c', 'a; b'], ['c', '-c', 'd']]],
    ['env - a; env -iu B c', [['a'], ['c']]],
    ['xargs -i a', [['a']]],
  ])('of %s', (line, words) => expect(named(line).filter(([name]) => name !== '')).toEqual(words));

  test('write nothing where > compares', () => {
    const written = (line: string) => writtenBy(shellCommands(line, '/x')).map(({ path }) => path);
    expect(written('[[ a > b ]] && c > d')).toEqual(['/x/d']);
  });

  test('are as many as a line may have', () => {
    expect(shellCommands('a;'.repeat(10_000), '/').length).toBeLessThanOrEqual(300);
  });
});

test.each([
  ['*.txt', 'a.txt', true],
  ['*.txt', 'a.text', false],
  ['a?c', 'abc', true],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[]]x', ']x', true],
  ['[x', '[x', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['[[:alpha:]]', 'a', true],
  ['*a*b*', 'xaxbx', true],
  ['', '', true],
])('%s fits %s: %s', (pattern, text, is) => expect(fits(pattern, text)).toBe(is));

/** As long as a client may hand on; each takes a reader that goes back, or into depth, very long. */
const HOSTILE: Record<string, string> = {
  'here-documents in each other': `${'<<A x\n'}${'y\n'.repeat(3)}`.repeat(20_000),
  'here-documents that never end': '<<A\n'.repeat(100_000),
  'many here-documents on one line': `cat ${'<<A '.repeat(10_000)}\n${'x\n'.repeat(100_000)}`,
  'substitutions in each other': '$('.repeat(200_000),
  'substitutions that end': `${'$('.repeat(10_000)}a${')'.repeat(10_000)}`,
  'quotes that never end': `a "${'$(a "'.repeat(50_000)}`,
  'quotes that only bash ends': `a ${'"${b:-\'"\'}" '.repeat(15_000)}`,
  'sums in each other': '(('.repeat(100_000),
  'sums that end': `${'$(('.repeat(10_000)}1 << 2${'))'.repeat(10_000)}`,
  'cases in each other': 'case a in ('.repeat(20_000),
  'ends of here-documents that do not end': `cat ${'<<"A\' '.repeat(20_000)}`,
  backquotes: '`'.repeat(100_001),
  brackets: '('.repeat(200_000),
  wrappers: 'timeout 1 '.repeat(20_000),
  'shells in each other': 'bash -c "'.repeat(20_000),
  braces: `rm ${'{a,b}'.repeat(200)}`,
  'braces in each other': `rm ${'{a,'.repeat(300)}${'}'.repeat(300)}`,
  stars: `rm ${'*a'.repeat(450)}`,
  'stars from folder to folder': `rm /${'*/'.repeat(200)}`,
  'sets that never end': `rm ${'['.repeat(900)}`,
  'one long word': 'a'.repeat(5_000_000),
  'one long quoted word': `a "${'b'.repeat(4_000_000)}"`,
  'one long escaped word': '\\a'.repeat(1_000_000),
  'many short words': 'a '.repeat(1_000_000),
  'a long document': `cat > x <<'A'\n${'line of text\n'.repeat(300_000)}A\ngit stash`,
  dollars: `echo ${'$a'.repeat(100_000)}`,
  'line ends': '\\\n'.repeat(500_000),
  'a NUL and what is no text': `git stash \0 ${'\u0007\ud800'.repeat(20_000)}`,
};

test.each(Object.entries(HOSTILE))('%s take no long time', (_, line) => {
  const begun = process.cpuUsage();
  const commands = shellCommands(line, '/nowhere');
  const isNamed = dangersIn(commands).map((danger) =>
    danger.isNamed?.(`/nowhere/${'a'.repeat(200)}`, '/nowhere'),
  );
  const found = [...shownBy(commands), ...writtenBy(commands)];
  expect(found.length + isNamed.length).toBeLessThan(500);
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000).toBeLessThan(1_000);
});

/** Lines that ask for what is in a folder over and over. */
const CURIOUS: Record<string, string> = {
  'cats that wait for each other': Array(100).fill('cat *').join(' && '),
  'lists of a folder': `cat f1; ${'ls -la; '.repeat(100)}`,
  'names of all files': `cat f1; echo ${'* '.repeat(5_000)}`,
  'patterns that nothing fits': `head ${'nothing* '.repeat(5_000)}`,
  'removed patterns': `rm ${'nothing*/* '.repeat(5_000)}`,
  'patterns of braces': `cat ${'{a,b}'.repeat(6)}*`,
  'folders to go to': '(cd nothing*);'.repeat(100),
};

test.each(Object.entries(CURIOUS))('%s make a line look at no more than another', (_, line) => {
  const folder = mkdtempSync(join(tmpdir(), 'callsheet-line-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (let at = 0; at < 500; at += 1) writeFileSync(join(folder, `f${at}`), 'x');
  const looks = vi.spyOn(Dir.prototype, 'readSync');
  onTestFinished(() => looks.mockRestore());
  const commands = shellCommands(line, folder);
  shownBy(commands);
  writtenBy(commands);
  expect(looks.mock.calls.length).toBeLessThan(20_000);
});

test('what comes behind a long document is looked at', () => {
  const line = HOSTILE['a long document'] ?? '';
  expect(dangersIn(shellCommands(line, '/nowhere')).map(({ what }) => what)).toContain('git stash');
});
