export { openSheet, type Sheet } from './sheet.js';
export { MIGRATIONS } from './migrations.js';
