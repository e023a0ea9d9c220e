import type { AnyOperation } from '../operation.js';
import { land } from './land.js';
import { report } from './report.js';
import { resume } from './resume.js';
import { run } from './run.js';
import { stop } from './stop.js';
import { sync } from './sync.js';
import { watch } from './watch.js';
import { workers } from './workers.js';

export const RUN_OPERATIONS: readonly AnyOperation[] = [
  run,
  resume,
  stop,
  watch,
  report,
  land,
  workers,
  sync,
];

export { agreeOnce, YES } from './consent.js';
export { agreeToGitPrograms } from './git-programs.js';
