import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { entryPoint } from '../process/index.js';
import type { Claim, Task } from '../task/index.js';
import { shellWord } from '../text/index.js';
import { workspaceEnv, type Site, type Workspace } from '../workspace/index.js';

/**
 * Puts the command `callsheet` where workers find it: a small script in the sheet's folder that starts this very
 * program, whatever is or is not installed.
 * @returns The folder for the PATH.
 */
export async function installCommand(sheetFolder: string): Promise<string> {
  const folder = join(sheetFolder, 'bin');
  const file = join(folder, 'callsheet');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Never half written: the workers of another run may be starting it now.
  const draft = `${file}.${process.pid}`;
  await rm(draft, { force: true });
  await writeFile(
    draft,
    `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(entryPoint('callsheet'))} "$@"\n`,
    { flag: 'wx' },
  );
  await chmod(draft, 0o755);
  await rename(draft, file);
  return folder;
}

export interface WorkerEnvironment {
  site: Site;
  workspace: Workspace;
  claim: Claim;
  task: Task;
  token: string;
  briefFile: string;
  commandFolder: string;
}

/** The whole environment of a worker: the person's, cleaned, `env:` of the run, and what tells it who it is. */
export function workerEnv(facts: WorkerEnvironment): Record<string, string> {
  const { site, workspace, claim, task, token } = facts;
  const env = workspaceEnv(site, workspace);
  return {
    ...env,
    PATH: [facts.commandFolder, env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    CALLSHEET_RUN: site.run.id,
    CALLSHEET_TASK: claim.taskId,
    CALLSHEET_PLAN_TASK: task.planKey ?? claim.taskId,
    CALLSHEET_ATTEMPT: String(claim.attempt),
    CALLSHEET_TOKEN: token,
    CALLSHEET_BRIEF: facts.briefFile,
    ...modelOf(task, site),
    ...storeOf(),
  };
}

function modelOf(task: Task, site: Site): Record<string, string> {
  const model = task.model ?? site.run.options.model;
  return model === undefined ? {} : { CALLSHEET_MODEL: model };
}

// A sheet that is not in its usual place must be found by the worker too.
function storeOf(): Record<string, string> {
  const url = process.env['CALLSHEET_STORE'];
  return url === undefined ? {} : { CALLSHEET_STORE: url };
}
