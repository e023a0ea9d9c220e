import { runGit } from './run-git.js';

export interface GitVersion {
  major: number;
  minor: number;
  /** As git says it: `2.39.5 (Apple Git-154)`. */
  text: string;
}

/** `merge-tree --write-tree` and `cat-file -z` came with 2.38. */
export const OLDEST_GIT = { major: 2, minor: 38 };

/** @throws {CallsheetError} `GIT_MISSING` when git is not installed. */
export async function gitVersion(): Promise<GitVersion> {
  const { stdout } = await runGit('/', ['version']);
  const text = stdout.trim().replace(/^git version /, '');
  const [major = '0', minor = '0'] = text.split('.');
  return { major: Number.parseInt(major, 10), minor: Number.parseInt(minor, 10), text };
}

export function isGitNewEnough({ major, minor }: GitVersion): boolean {
  return major > OLDEST_GIT.major || (major === OLDEST_GIT.major && minor >= OLDEST_GIT.minor);
}
