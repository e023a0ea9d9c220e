export { default as sql, Sql, empty, join, raw } from 'sql-template-tag';
export * from './clock.js';
export * from './columns.js';
export type { Migration, Reader, Row, Store, Transaction } from './store.js';
export { template, type Statement } from './template.js';
export type { Wake } from './wake.js';
export { among, storeSchema } from './schema.js';
export { openSqliteStore } from './sqlite/sqlite-store.js';
export { queryReadOnly } from './sqlite/read-only.js';
