export * from './evidence.js';
export * from './likely-cause.js';
