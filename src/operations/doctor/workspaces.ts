import { existsSync } from 'node:fs';
import { findRuns } from '../../run/index.js';
import { leftWorkspaces, workspacesOfRun } from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { hasEngine } from '../status/index.js';
import type { Finding } from './finding.js';

/** Workspaces that nobody works in, and worktrees whose folder is gone. */
export async function checkWorkspaces(context: Context): Promise<Finding[]> {
  const { store } = context.sheet;
  const left = (await leftWorkspaces(store)).map(({ path }) => path);
  for (const run of await findRuns(store)) {
    if (hasEngine(run)) continue;
    const workspaces = await workspacesOfRun(store, run.id);
    left.push(...workspaces.filter(({ path }) => existsSync(path)).map(({ path }) => path));
  }
  const missing = (await (await context.repository()).worktrees()).filter(({ isMissing }) => isMissing);
  return [
    left.length === 0
      ? { level: 'ok', what: 'workspaces', found: 'none is left over' }
      : {
          level: 'warn',
          what: 'workspaces',
          found: `${left.length} left over, such as ${left[0] ?? ''}`,
          todo: 'callsheet clean',
        },
    ...missing.map(({ path }): Finding => ({
      level: 'warn',
      what: 'worktree',
      found: `${path} is gone, git still lists it`,
      todo: 'git worktree prune',
    })),
  ];
}
