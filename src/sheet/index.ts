export { openSheet, type Sheet, type SheetOptions } from './sheet.js';
export { MIGRATIONS } from './migrations.js';
export { sheetFolder, storeFile } from './place.js';
