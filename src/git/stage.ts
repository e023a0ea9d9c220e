import { oneLine, plainText } from '../text/index.js';
import type { RawPath } from './parse-status.js';
import { isTransient, stderrOf } from './retry.js';
import { runGit } from './run-git.js';

export interface Refused {
  path: RawPath;
  reason: string;
}

/** Puts the present state of paths (changed, new or gone) into an index: all of them or none. */
export async function stageAll(
  workspace: string,
  paths: readonly RawPath[],
  env: Record<string, string> = {},
): Promise<void> {
  if (paths.length === 0) return;
  // update-index takes paths as they are, without patterns and ignore rules; `--replace`: a file became a folder.
  const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  await runGit(workspace, args, { env, input: Buffer.from(`${paths.join('\0')}\0`, 'latin1') });
}

/** Like {@link stageAll}, without the paths that git or a filter refuses, which are returned with the reason. */
export async function stageWhatCan(
  workspace: string,
  paths: readonly RawPath[],
  env: Record<string, string>,
): Promise<Refused[]> {
  try {
    await stageAll(workspace, paths, env);
    return [];
  } catch (error) {
    const stderr = stderrOf(error);
    if (stderr === undefined || isTransient(error)) throw error;
    const [path, ...others] = paths;
    if (path === undefined || others.length === 0)
      return path === undefined ? [] : [{ path, reason: reasonIn(stderr) }];
    // Halving finds k bad ones among n in about k·log n calls.
    const middle = paths.length >> 1;
    const first = await stageWhatCan(workspace, paths.slice(0, middle), env);
    return [...first, ...(await stageWhatCan(workspace, paths.slice(middle), env))];
  }
}

/**
 * {@link stageWhatCan} of files whose entries may hide that they have changed: marked as assumed unchanged, or as left
 * out of a sparse checkout.
 */
export async function stageAnew(
  workspace: string,
  paths: readonly RawPath[],
  env: Record<string, string>,
): Promise<Refused[]> {
  if (paths.length === 0) return [];
  const input = Buffer.from(`${paths.join('\0')}\0`, 'latin1');
  await runGit(workspace, ['update-index', '--force-remove', '-z', '--stdin'], { env, input });
  return stageWhatCan(workspace, paths, env);
}

function reasonIn(stderr: string): string {
  const lines = plainText(stderr).split('\n');
  const said = lines.flatMap((line) => /^(?:error|fatal): (.*)/.exec(line)?.[1] ?? []);
  return `git refused it: ${oneLine(said.join('; '), 200)}`;
}
