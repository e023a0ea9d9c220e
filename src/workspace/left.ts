import { dirname } from 'node:path';
import { messageOf } from '../error/index.js';
import { systemProcesses } from '../process/index.js';
import type { Reader } from '../store/index.js';
import { removeGateWorkspace } from './remove.js';
import { processesOf, scratchFolder, type RunPlace, type Site } from './site.js';
import { workspacesWithoutRun, type Workspace } from './workspace.js';

/** What was left by processes that were killed while they tested the base of a run, before it was in the sheet. */
export async function leftWorkspaces(reader: Reader, processes = systemProcesses): Promise<Workspace[]> {
  const without = await workspacesWithoutRun(reader);
  return without.filter(({ owner }) => owner === undefined || !processes.isAlive(owner));
}

/** The folders that such a workspace's run would have had. */
export function placeOfLeft({ path, runId }: Workspace): RunPlace {
  return { run: { id: runId, options: { workspaces: dirname(dirname(path)) } } };
}

/**
 * Ends what still runs in a workspace that was left, and removes it.
 * @returns Undefined when it is gone, else why it is not.
 */
export async function removeLeft(
  site: Pick<Site, 'repository' | 'store' | 'processes'>,
  workspace: Workspace,
): Promise<string | undefined> {
  const marker = `CALLSHEET_SCRATCH=${scratchFolder(placeOfLeft(workspace))}`;
  try {
    const processes = processesOf(site);
    for (const left of processes.findMarked(marker)) await processes.endTree(left, { graceMs: 0, marker });
    await removeGateWorkspace(site, workspace);
    return undefined;
  } catch (error) {
    // Another user's process or files: everything else goes on without this folder.
    if (!(error instanceof Error)) throw error;
    return messageOf(error);
  }
}
