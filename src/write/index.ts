export * from './call.js';
export * from './known-file.js';
export * from './prune.js';
export { writeSuspectSchema } from './suspect.js';
export * from './write.js';
