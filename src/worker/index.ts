export { startAttempt, type RunningAttempt } from './attempt.js';
export { interrupt, letGo } from './end-attempt.js';
export { installCommand } from './environment.js';
export type { Obstacle } from './give-up.js';
export type { Post, StopReason, WorkerPlace } from './place.js';
