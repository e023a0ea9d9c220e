export { answerHook, CLIENTS, type Client } from './answer.js';
export { HookInput } from './input.js';
export type { HookAnswer, HookPlace } from './place.js';
export { hookScript } from './script.js';
export { WRITING_TOOLS } from './tool-names.js';
