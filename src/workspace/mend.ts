import { existsSync } from 'node:fs';
import type { Site } from './site.js';

/**
 * How a workspace stands after an agent was in it. `broken`: another repository stands in its place, or git does not
 * know the folder any more; what is in it is left alone.
 */
export type WorkspaceHealth = 'whole' | 'gone' | 'broken';

/** Tells how a workspace stands, and mends what can be: a `.git` that was deleted. */
export async function mendWorkspace(
  { repository }: Pick<Site, 'repository'>,
  path: string,
): Promise<WorkspaceHealth> {
  if (!existsSync(path)) return 'gone';
  return (await repository.mendWorktree(path)) ? 'whole' : 'broken';
}
