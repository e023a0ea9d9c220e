import { accepted, refused, type Row } from './row.js';

const sql = (what: string, query: string, names: string, more: Partial<Row> = {}): Row => ({
  what,
  args: ['sql', '--', query],
  ...refused('SQL_INVALID', 2, names),
  ...more,
});

const search = (what: string, text: string): Row => ({
  what: `a search for ${what}`,
  args: ['note', 'search', '--', text],
  ...accepted('notes'),
});

/** Questions to the database: statements, and the operators of full-text search. */
export const QUESTIONS: readonly Row[] = [
  sql('a write', 'delete from task', 'DELETE', { process: true }),
  sql('a write behind a comment', '/* select */ update task set title = 1', 'UPDATE'),
  sql('a write in a with', "with x as (select 1) insert into counter select 'x', 1", 'readonly'),
  sql('a write behind a question', 'select 1; delete from task', 'more than one statement', {
    process: true,
  }),
  sql('a write behind a text with a semicolon', "select ';' ; drop table task", 'more than one statement'),
  sql(
    'a write behind a comment with a quote',
    "select 1 -- '\n; drop table task -- '",
    'more than one statement',
  ),
  sql('another database', "attach '{canary}' as other", 'ATTACH'),
  sql('a copy of the database', "vacuum into '{canary}'", 'VACUUM', { process: true }),
  sql('a setting', 'pragma writable_schema = on', 'PRAGMA'),
  sql('the end of the read-only mode', 'pragma query_only = off', 'PRAGMA'),
  sql('a transaction', 'begin immediate', 'BEGIN'),
  sql('a trigger', 'create temp trigger t before insert on task begin select 1; end', 'CREATE'),
  sql('an extension', "select load_extension('{canary}')", 'not authorized'),
  sql('a file to write', "select writefile('{canary}', 'x')", 'writefile'),
  sql('a file to read', "select readfile('/etc/passwd')", 'readfile'),
  sql('an editor', "select edit('x', 'touch {canary}')", 'edit'),
  sql('nothing but a comment', '-- nothing', 'no statement'),
  sql('nothing but semicolons', ';;;', 'no statement'),
  sql('half a text', "select 'abc", 'unrecognized'),
  sql('a blob of 20 MB', 'select zeroblob(20000000)', '20000000'),
  {
    what: 'words that are an operator',
    args: ['context', '--', 'text:obey OR NEAR(obey) " *'],
    process: true,
    ...accepted('notes'),
  },
  {
    what: 'a path outside, as words',
    args: ['context', '../outside/secret.txt'],
    ...accepted('words'),
  },
  { what: 'a path in .git, as words', args: ['context', '.git/config'], ...accepted('words') },
  { what: 'an option of git, as words', args: ['context', '--', '--output={canary}'], ...accepted('notes') },
  {
    what: 'a brief of what is nowhere',
    args: ['brief', '{outside}/secret.txt\u001b[2J'],
    process: true,
    ...refused('BRIEF_UNKNOWN', 2, 'secret.txt'),
  },
  {
    what: 'a brief of the prototype',
    args: ['brief', '__proto__'],
    ...refused('BRIEF_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a brief of no tokens',
    args: ['brief', '--max-tokens', '-1'],
    ...refused('OPTION_VALUE', 2, '--max-tokens'),
  },
  {
    what: 'a brief of a billion tokens',
    args: ['brief', '--max-tokens', '1000000000'],
    ...refused('INPUT_INVALID', 2, '50000'),
  },
  {
    what: 'words of 1,001 characters',
    args: ['context', 'x'.repeat(1_001)],
    ...refused('INPUT_INVALID', 2, '1001'),
  },
  {
    what: '1,000 levels of brackets',
    args: ['sql', `select ${'('.repeat(1_000)}1${')'.repeat(1_000)} as x`],
    ...accepted('rows'),
  },
  sql('9,000 terms', `select 1 ${'union all select 1 '.repeat(900)}`, 'too many terms'),
  sql('an unknown table with an escape', 'select * from "\u001b[2J"', 'no such table'),
  {
    what: 'a statement of 20,001 characters',
    args: ['sql', `select '${'x'.repeat(20_000)}'`],
    ...refused('INPUT_INVALID', 2, 'SELECT'),
  },
  {
    what: 'a series without end',
    args: ['sql', 'with recursive c(n) as (select 1 union all select n + 1 from c) select n from c'],
    ...accepted('isCut'),
  },
  {
    what: 'numbers past what a number holds',
    args: ['sql', "select 9007199254740993 as n, 9e999 as x, x'00ff' as b"],
    ...accepted('9007199254740993'),
  },
  {
    what: 'a column of the prototype',
    args: ['sql', 'select 1 as "__proto__", 2 as "constructor"'],
    ...accepted('constructor'),
  },
  {
    what: 'a value of control characters',
    args: ['sql', "select char(27) || '[2J' || char(8238) as x"],
    ...accepted(),
  },
  search('a quote', '"'),
  search('operators', 'AND OR NOT NEAR'),
  search('a near', 'NEAR(tabs spaces, 2)'),
  search('a column', 'key:tabs'),
  search('a star', 'tab* ^spaces'),
  search('brackets', '((tabs) AND {key text}: spaces'),
  search('a statement', "'; DROP TABLE note; --"),
  search('minus signs', '--tabs -- -spaces'),
  search('half a surrogate pair', 'tabs\ud800'),
  search('bidi and zero width', 'ta\u200bbs \u202espaces'),
  search('500 words', 'a '.repeat(249)),
  search('commands', '$(touch {canary}) `touch {canary}`'),
];
