export * from './blob.js';
