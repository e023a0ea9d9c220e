export { workspaceSchema } from './workspace.schema.js';
export { adoptForgotten } from './adopt.js';
export { leftWorkspaces, placeOfLeft, removeLeft } from './left.js';
export { makeScratchOfRun, removeFolderOfRun, type MadePlace } from './made.js';
export { mendWorkspace } from './mend.js';
export { attemptFolder, openAttemptWorkspace, openGateWorkspace } from './open.js';
export { nearestExisting, problemsOfPlace, workspacesFolder } from './place.js';
export { inputsHash, prepareWorkspace, workspaceEnv } from './prepare.js';
export { removeGateWorkspace, saveAll, saveAndRemove } from './remove.js';
export { keepCommit, saveWorkspace } from './save.js';
export { knownScratch, openScratch } from './scratch.js';
export { ScratchLook, watchScratch } from './scratch-look.js';
export {
  attemptLog,
  LOG_LIMIT_BYTES,
  processesOf,
  runFolder,
  scratchFolder,
  type RunPlace,
  type Site,
} from './site.js';
export { keepUnderTest } from './under-test.js';
export {
  findWorkspace,
  isPreparedSomewhere,
  workspacesOfDone,
  workspacesOfRun,
  type Workspace,
} from './workspace.js';
