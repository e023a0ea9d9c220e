export * from './run.js';
export { runSchema } from './run.schema.js';
export { giveConsent, withoutConsent } from './consent.js';
export { findRun, findRuns, newestRun, requireRun } from './find.js';
export {
  changeOptions,
  createRun,
  endEngine,
  noteLandedInto,
  revisePlan,
  takeOverRun,
  type RunChanges,
} from './lifecycle.js';
