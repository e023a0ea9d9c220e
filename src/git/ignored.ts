import { runGit } from './run-git.js';

/** Whether a folder lies in a checkout; one that holds nothing but a bare repository does not. */
export async function isInCheckout(folder: string): Promise<boolean> {
  const { stdout, exitCode } = await runGit(folder, ['rev-parse', '--is-inside-work-tree'], {
    okExitCodes: [0, 128],
  });
  return exitCode === 0 && stdout.trim() === 'true';
}

/** How git sees a path of a checkout: in its index, left out by a rule, or offered to be added. */
export async function trackingOf(root: string, path: string): Promise<'tracked' | 'ignored' | 'offered'> {
  const { stdout } = await runGit(root, ['ls-files', '-z', '--', path]);
  if (stdout !== '') return 'tracked';
  const { exitCode } = await runGit(root, ['check-ignore', '--quiet', '--', path], {
    okExitCodes: [0, 1],
    // It takes no patterns, and refuses to be told so.
    env: { GIT_LITERAL_PATHSPECS: '0' },
  });
  return exitCode === 0 ? 'ignored' : 'offered';
}
