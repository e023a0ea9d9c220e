export { beforeCommit, type CommitIntent, type InTheWay } from './before-commit.js';
export { beforeRead, type ReadIntent } from './before-read.js';
export { beforeShell, type ShellIntent } from './before-shell.js';
export { beforeWrite, type WriteIntent } from './before-write.js';
export { contentOf, stampOf, type Content } from './content.js';
export { NOTHING, type Answer, type Guard, type Step } from './guard.js';
export { lineChanges } from './line-changes.js';
export { greeting, ownPicture } from './picture.js';
export {
  clientSessionOf,
  endSession,
  endSubagent,
  findSession,
  startSession,
  type NewSession,
} from './session.js';
export { afterTools, onPrompt, onStop } from './steps.js';
export { isLive } from './who.js';
