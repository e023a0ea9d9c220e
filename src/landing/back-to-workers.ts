import { assert } from '../error/index.js';
import type { Evidence } from '../gate/index.js';
import type { FileConflict } from '../git/index.js';
import type { Site } from '../workspace/index.js';
import { handConflictBack } from './conflict.js';
import { isOfTask, type Landing, type TaskLanding } from './landing.js';
import { rejectLanding, rejectUnrelated } from './reject.js';

/** What becomes of work that does not land. */
export interface SendBack {
  conflicted(landing: Landing, conflicts: FileConflict[]): Promise<void>;
  /** It has no commit in common with the branch. */
  unrelated(landing: Landing): Promise<void>;
  red(landing: Landing, evidence: Evidence): Promise<void>;
}

/** In a run each landing is the work of a task, and that goes back to a worker. */
export function backToWorkers(site: Site): SendBack {
  return {
    conflicted: (landing, conflicts) => handConflictBack(site, taskOf(landing), conflicts),
    unrelated: (landing) => rejectUnrelated(site, taskOf(landing)),
    red: (landing, evidence) => rejectLanding(site, taskOf(landing), evidence),
  };
}

function taskOf(landing: Landing): TaskLanding {
  assert(isOfTask(landing), 'in a run every landing is the work of a task');
  return landing;
}
