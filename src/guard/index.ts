export { beforeRead, type ReadIntent } from './before-read.js';
export { beforeShell, type ShellIntent } from './before-shell.js';
export { beforeWrite, type WriteIntent } from './before-write.js';
export { NOTHING, type Answer, type Guard, type Step } from './guard.js';
export { greeting, ownPicture } from './picture.js';
export { endSession, endSubagent, findSession, startSession, type NewSession } from './session.js';
export { afterTools, onPrompt, onStop } from './steps.js';
