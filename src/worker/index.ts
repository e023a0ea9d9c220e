export { startAttempt, type RunningAttempt } from './attempt.js';
export { interrupt } from './end-attempt.js';
export { installCommand } from './environment.js';
export type { Post, StopReason, WorkerPlace } from './place.js';
