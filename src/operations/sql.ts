import { queryReadOnly, type Row } from '../store/index.js';
import { oneLine, plainText, tableOf } from '../text/index.js';
import { defineOperation, EVERYBODY } from './operation.js';

const MOST_ROWS = 10_000;
const LONGEST_CELL = 120;

export const sql = defineOperation({
  name: 'sql',
  rights: EVERYBODY,
  help: 'Ask the sheet in SQL, read-only',
  examples: ['callsheet sql "SELECT id, state, agent FROM tasks"', 'callsheet sql ".tables"'],
  input: {
    query: {
      kind: 'text',
      positional: true,
      required: true,
      placeholder: 'SELECT',
      help: 'One SELECT, or .tables',
    },
  },
  async run({ sheet }, { query }) {
    const rows = queryReadOnly(sheet.file, query.trim() === '.tables' ? TABLES : query, MOST_ROWS);
    return { rows: rows.map(plainRow) };
  },
  show({ rows }) {
    const columns = Object.keys(rows[0] ?? {});
    if (columns.length === 0) return 'No rows.';
    const lines = rows.map((row) => columns.map((name) => cellOf(row[name])));
    return tableOf([columns, ...lines]);
  },
});

// The views are what is documented; their tables may change with any version.
const TABLES = `select name, type from sqlite_schema where type = 'view'
  union all select name, type from sqlite_schema
   where type = 'table' and name not like 'sqlite_%' and name not like 'note_fts%' order by 2 desc, 1`;

/** JSON has no bytes and no integers past 2^53. */
function plainRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return oneLine(plainText(typeof value === 'string' ? value : JSON.stringify(value)), LONGEST_CELL);
}
