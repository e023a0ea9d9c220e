export { startAttempt, type RunningAttempt } from './attempt.js';
export { briefFor, type BriefFacts } from './brief.js';
export { installCommand } from './environment.js';
export type { Post, StopReason, WorkerPlace } from './place.js';
export { interrupt } from './settle.js';
