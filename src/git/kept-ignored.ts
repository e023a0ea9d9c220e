import { matchesPath } from '../text/index.js';
import { toText, type RawPath } from './parse-status.js';
import { runGit } from './run-git.js';

/** The ignored files that match a glob. They are listed only when there is a glob: dependencies can be many. */
export async function keptIgnored(workspace: string, globs: readonly string[]): Promise<RawPath[]> {
  if (globs.length === 0) return [];
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z'];
  const { stdout } = await runGit(workspace, args, { encoding: 'latin1' });
  const isKept = (path: string): boolean => globs.some((glob) => matchesPath(glob, path));
  return stdout.split('\0').filter((path) => path !== '' && !path.endsWith('/') && isKept(toText(path)));
}
