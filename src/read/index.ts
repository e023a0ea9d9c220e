export * from './hash.js';
export * from './read.js';
