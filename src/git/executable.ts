import { runGit } from './run-git.js';

/** Whether git has a file of a checkout as executable: in its index, else in HEAD; false where it does not know it. */
export async function isExecutable(root: string, path: string): Promise<boolean> {
  const { stdout: staged } = await runGit(root, ['ls-files', '--stage', '-z', '--', path]);
  return hasBit(staged === '' ? await committed(root, path) : staged, path);
}

async function committed(root: string, path: string): Promise<string> {
  // 128: there is no commit yet.
  const { stdout } = await runGit(root, ['ls-tree', '-z', '--full-tree', 'HEAD', '--', path], {
    okExitCodes: [0, 128],
  });
  return stdout;
}

/** Both print `MODE … TAB PATH`, and for a folder what is below it. */
function hasBit(listed: string, path: string): boolean {
  return listed.split('\0').some((line) => line.startsWith('100755 ') && line.endsWith(`\t${path}`));
}
