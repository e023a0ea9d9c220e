export { inspectRepository, type RepositoryFacts } from './inspect.js';
export { locateCommonDir, locateRepository, type Located } from './locate-repository.js';
export { openRepository } from './open-repository.js';
export type {
  ChangedPath,
  CommitId,
  CommitInfo,
  FastForward,
  FileConflict,
  MergeResult,
  Repository,
  SavedWorkspace,
  TreeId,
  WorkspaceStatus,
  Worktree,
} from './repository.js';
export { isPlainName } from './refs.js';
export { insideRepository } from './safe-path.js';
export type { GitSetting } from './settings.js';
export { gitVersion, isGitNewEnough, OLDEST_GIT, type GitVersion } from './version.js';
