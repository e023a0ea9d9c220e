export { beforeRead } from './before-read.js';
export { beforeShell } from './before-shell.js';
export { beforeWrite, type WriteIntent } from './before-write.js';
export { KEEP_IN_SUMMARY, keepSummary } from './compaction.js';
export { NOTHING, type Answer, type Guard, type Step } from './guard.js';
export { greeting, ownPicture } from './picture.js';
export { endSession, endSubagent, findSession, startSession } from './session.js';
export { afterTools, onPrompt, onStop } from './steps.js';
