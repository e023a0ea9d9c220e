import { queryReadOnly } from '../store/index.js';
import { oneLine, plainText, tableOf } from '../text/index.js';
import { defineOperation, EVERYBODY } from './operation.js';

const MOST_ROWS = 10_000;
const LONGEST_CELL = 120;
const TIME_LIMIT_MS = 30_000;

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
  async run({ sheet, signal }, { query }) {
    const text = query.trim() === '.tables' ? TABLES : query;
    return queryReadOnly({ file: sheet.file, text, mostRows: MOST_ROWS, timeoutMs: TIME_LIMIT_MS, signal });
  },
  show({ rows, isCut }) {
    const columns = Object.keys(rows[0] ?? {});
    if (columns.length === 0) return 'No rows.';
    const lines = rows.map((row) => columns.map((name) => cellOf(row[name])));
    const table = tableOf([columns.map(cellOf), ...lines]);
    return isCut === true ? `${table}\n\nThese are the first ${MOST_ROWS}; there are more.` : table;
  },
});

// The views are what is documented; their tables may change with any version.
const TABLES = `select name, type from sqlite_schema where type = 'view'
  union all select name, type from sqlite_schema
   where type = 'table' and name not like 'sqlite_%' and name not like 'note_fts%' order by 2 desc, 1`;

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return oneLine(plainText(typeof value === 'string' ? value : JSON.stringify(value)), LONGEST_CELL);
}
