export { answerHook } from './answer.js';
export { CLIENTS, inputOf, type Client } from './client.js';
export type { HookInput } from './input.js';
export type { HookAnswer, HookPlace } from './place.js';
export { partOfClient } from './part.js';
export { hookScript } from './script.js';
export { markTeam } from './sessions.js';
export { WRITING_TOOLS } from './tool-names.js';
