export { workspaceSchema } from './workspace.schema.js';
export { attemptFolder, openAttemptWorkspace, openGateWorkspace } from './open.js';
export { inputsHash, prepareWorkspace, workspaceEnv } from './prepare.js';
export { removeGateWorkspace, saveAndRemove } from './remove.js';
export { saveWorkspace, type SaveRequest } from './save.js';
export { attemptLog, LOG_LIMIT_BYTES, runFolder, scratchFolder, type Site } from './site.js';
export { findWorkspace, workspacesOfRun, workspacesOfTask, type Workspace } from './workspace.js';
