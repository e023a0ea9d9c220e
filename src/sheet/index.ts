export { openSheet, type Sheet } from './sheet.js';
export { MIGRATIONS } from './migrations.js';
export { isNewerNow } from './newer.js';
