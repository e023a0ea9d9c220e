export { answerHook, CLIENTS, type Client } from './answer.js';
export type { HookAnswer, HookPlace } from './place.js';
export { hookScript } from './script.js';
