import type { SpecialEntry } from './read-index.js';
import { runGit } from './run-git.js';

/** The entries of an index as git lists them; for one that cannot be read directly. */
export async function listEntries(
  workspace: string,
  env: Record<string, string> = {},
): Promise<SpecialEntry[]> {
  const { stdout } = await runGit(workspace, ['ls-files', '-v', '--stage', '-z'], {
    env,
    encoding: 'latin1',
  });
  return stdout.split('\0').flatMap((line) => {
    const [, tag = '', mode, stage, path] = /^(\w) (\d+) [0-9a-f]+ (\d)\t(.*)$/s.exec(line) ?? [];
    if (path === undefined) return [];
    return {
      path,
      isGitlink: mode === '160000',
      isUnmerged: stage !== '0',
      isAssumedUnchanged: /[a-z]/.test(tag),
      isSkipped: /s/i.test(tag),
    };
  });
}
