import { join } from 'node:path';
import type { Repository } from '../git/index.js';
import { systemProcesses, type Processes } from '../process/index.js';
import type { Run } from '../run/index.js';
import type { Store } from '../store/index.js';

/** Where a run works: what its workspaces, workers and landings share. */
export interface Site {
  store: Store;
  repository: Repository;
  run: Run;
  /**
   * Set while a session's branch goes onto this branch; `run` then only says how the merge is tested, and is in no sheet.
   */
  into?: string;
  /** `<git common dir>/callsheet`. */
  sheetFolder: string;
  /** The person's environment, cleaned; what workers and gates begin with. */
  env: Record<string, string>;
  /** Where its commands run and its agents live. Default: this machine. */
  processes?: Processes;
}

export function processesOf(site: Pick<Site, 'processes'>): Processes {
  return site.processes ?? systemProcesses;
}

/** What the folders of a run are named after; there may be no more of one that was killed while it began. */
export interface RunPlace {
  run: { id: string; options: { workspaces: string } };
}

/** The folder that holds the workspaces of a run. */
export function runFolder(site: RunPlace): string {
  return join(site.run.options.workspaces, site.run.id);
}

/** The folder that all agents of a run share. */
export function scratchFolder(site: RunPlace): string {
  return join(site.run.options.workspaces, 'scratch', site.run.id);
}

/** The output of an attempt, bounded; kept with the sheet. */
export function attemptLog(sheetFolder: string, runId: string, taskId: string, attempt: number): string {
  return join(sheetFolder, 'logs', runId, `${taskId}-${attempt}.log`);
}

// 8 MiB an attempt: enough for the longest honest output, little enough for a hundred attempts.
export const LOG_LIMIT_BYTES = 8 * 1024 * 1024;
