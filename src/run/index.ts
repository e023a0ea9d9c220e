export * from './run.js';
export { runSchema } from './run.schema.js';
export { giveConsent, hasConsent } from './consent.js';
export { findRun, findRuns, newestRun, requireRun } from './find.js';
export { createRun, endEngine, noteLandedInto, revisePlan, setWorkers, takeOverRun, type NewRun } from './lifecycle.js';
