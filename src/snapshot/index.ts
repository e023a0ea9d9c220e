export * from './prune.js';
export { findSnapshots, recordSnapshot, renewSnapshot, snapshotSchema, type Snapshot } from './snapshot.js';
