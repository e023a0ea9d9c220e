export { landingSchema } from './landing.schema.js';
export { GateAborted, howItEnded, proveCommit, proveTwice } from './gate.js';
export { enqueueLanding, findLandings, endLanding, type Landing, type LandingState, type Premise } from './landing.js';
export { openLane, type Lane } from './lane.js';
export { landedSince } from './premises.js';
export { landWaiting, type Round } from './queue.js';
export { landedCommits, reconcile } from './reconcile.js';
export { landInto, type LandedInto } from './into.js';
export { mergeTarget, type TargetMerge } from './target.js';
