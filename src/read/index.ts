export * from './file-hash.js';
export * from './hash.js';
export * from './mention.js';
export * from './read.js';
export * from './seen.js';
