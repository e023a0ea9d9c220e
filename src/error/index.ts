export * from './disk-full.js';
export * from './error.js';
