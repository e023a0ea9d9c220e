export * from './task.js';
export { taskReviewSchema, taskSchema } from './task.schema.js';
export {
  addUsage,
  describeAttempt,
  findAttempt,
  findAttempts,
  hasWorkedOn,
  totalUsage,
  type Attempt,
} from './attempt.js';
export {
  claimNextTask,
  claimTask,
  DEFAULT_LEASE_MS,
  HAND_LEASE_MS,
  type Claimant,
  type GrantedClaim,
} from './claim.js';
export { addDependency, adoptTasks, createTasks, isTaskId, type NewTask } from './create.js';
export {
  countTasks,
  findComingWays,
  findDoneTimes,
  findTask,
  findTasks,
  tasksHeldBy,
  nextBackoffEnd,
  readyAfter,
  nextOffer,
  requireTask,
} from './find.js';
export { firstTasks, STATES_BY_INTEREST, type TaskScope } from './first.js';
export { findOutlines, findReady, type TaskOutline } from './outline.js';
export { noteLanded, recordLanded } from './landed.js';
export { hasLapsed, heartbeat, reapLapsed, renewClaimsOf } from './lease.js';
export { requireClaim } from './move.js';
export { failAttempt, finishTask, recordResult, releaseTask, sendToLanding } from './settle.js';
export {
  assignTask,
  blockTask,
  cancelTask,
  pauseTask,
  reopenTask,
  resumeTask,
  sendToReview,
} from './steer.js';
