export * from './bounded.js';
export * from './duration.js';
export * from './glob.js';
export * from './plain.js';
export * from './quoted-within.js';
export * from './shell.js';
export * from './table.js';
