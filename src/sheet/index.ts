export { openSheet, type Sheet } from './sheet.js';
export { MIGRATIONS } from './migrations.js';
export { sheetFolder, storeFile } from './place.js';
