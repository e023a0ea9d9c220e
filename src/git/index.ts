export { boundedGit } from './bounds.js';
export { committedHashes } from './committed.js';
export { isExecutable } from './executable.js';
export { foldersOffered, foldersTracked, isInCheckout, trackingOf, trackingOfAll } from './ignored.js';
export { heldBytes } from './held-bytes.js';
export { inspectRepository, type RepositoryFacts } from './inspect.js';
export { locateRepository, type Located } from './locate-repository.js';
export { openRepository } from './open-repository.js';
export type {
  ChangedPath,
  CommitId,
  CommitInfo,
  FileConflict,
  MergeResult,
  Repository,
  SavedWorkspace,
  TreeId,
  Worktree,
} from './repository.js';
export { historyOfPath } from './path-history.js';
export { isPlainName } from './refs.js';
export { hasVanished, retryVanished } from './retry-vanished.js';
export {
  atPathInside,
  insideRepository,
  placeInside,
  recordedInside,
  requireNoGitFolder,
} from './safe-path.js';
export { saveFiles } from './save-files.js';
export { foreignOf, programsOf, readSettings } from './settings.js';
export { stagedAmong, stagedContent, stagedFiles, type IndexPlace } from './staged.js';
export { temporaryFolder, temporaryName } from './temporary.js';
export { gitVersion, isGitNewEnough, OLDEST_GIT } from './version.js';
