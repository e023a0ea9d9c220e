export { applyGitGuard } from './apply.js';
export { planGitGuard, planGitGuardRemoval, type GitGuardChange, type GitGuardPlan } from './plan.js';
