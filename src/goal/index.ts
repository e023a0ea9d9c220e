export { LONGEST_GOAL, LONGEST_REASON, type GoalRevision } from './goal.js';
export { goalSchema } from './goal.schema.js';
export { goalNow, goalRevisions, reviseGoal } from './revise.js';
