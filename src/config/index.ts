export { CONFIG_FILE, POLICIES, type Config, type GuardRule, type Policy } from './config.js';
export { mergePreparation } from './merge-preparation.js';
export { parseConfig, readConfig } from './read-config.js';
export { proposedSetup, setupInputsOf } from './setup.js';
export { expandEnv } from '../plan/index.js';
