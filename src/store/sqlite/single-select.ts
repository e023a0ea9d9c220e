// What a semicolon can stand in without ending a statement: texts, quoted names, comments. Open ends reach to the last character.
const OPAQUE = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const READS = ['select', 'with', 'values', 'explain'];

/** Why a text is not one statement that only reads; undefined when it is. SQLite itself would run the first and drop the rest. */
export function mistakeIn(text: string): string | undefined {
  const bare = text.replace(OPAQUE, (found) => (/^(?:--|\/\*)/.test(found) ? ' ' : 'x'));
  const [first = '', ...others] = bare.split(';').map((statement) => statement.trim());
  const word = /^[a-z]*/i.exec(first.replace(/^\(+\s*/, ''))?.[0].toLowerCase() ?? '';
  if (first === '') return 'there is no statement';
  if (!READS.includes(word)) return `${word === '' ? 'it' : word.toUpperCase()} is no SELECT`;
  return others.some((statement) => statement !== '') ? 'there is more than one statement' : undefined;
}
