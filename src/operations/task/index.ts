import type { AnyOperation } from '../operation.js';
import { taskAdd } from './add.js';
import { taskBlock } from './block.js';
import { taskCheckpoint } from './checkpoint.js';
import { taskClaim } from './claim.js';
import { taskComplete } from './complete.js';
import { taskDiff } from './diff.js';
import { taskFail } from './fail.js';
import { taskHeartbeat } from './heartbeat.js';
import { taskImport } from './import.js';
import { taskList } from './list.js';
import { taskLog } from './log.js';
import { taskProgress } from './progress.js';
import { taskRelease } from './release.js';
import { taskShow } from './show.js';
import { taskCancel, taskPause, taskResume, taskRetry } from './steer.js';

export const TASK_OPERATIONS: readonly AnyOperation[] = [
  ...[taskAdd, taskImport, taskList, taskShow, taskLog, taskDiff],
  ...[taskClaim, taskHeartbeat, taskProgress, taskCheckpoint, taskComplete, taskFail, taskBlock, taskRelease],
  ...[taskPause, taskResume, taskCancel, taskRetry],
];
