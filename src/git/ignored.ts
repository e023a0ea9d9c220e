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

/** The same of many files at once, in two calls of git. */
export async function trackingOfAll(
  root: string,
  paths: readonly string[],
): Promise<Map<string, 'tracked' | 'ignored' | 'offered'>> {
  if (paths.length === 0) return new Map();
  const { stdout: listed } = await runGit(root, ['ls-files', '-z', '--', ...paths]);
  const tracked = new Set(listed.split('\0'));
  const others = paths.filter((path) => !tracked.has(path));
  const ignored = others.length === 0 ? new Set<string>() : await ignoredAmong(root, others);
  return new Map(
    paths.map((path) => [path, tracked.has(path) ? 'tracked' : ignored.has(path) ? 'ignored' : 'offered']),
  );
}

/** Of some folders of a checkout, and of those below them, those in which git tracks a file. */
export async function foldersTracked(root: string, folders: readonly string[]): Promise<Set<string>> {
  return foldersOf(await filesBelow(root, folders));
}

/**
 * The same of those in which a file is offered to be added.
 * @param isOffered Whether one is that git offers.
 */
export async function foldersOffered(
  root: string,
  folders: readonly string[],
  isOffered: (path: string) => boolean,
): Promise<Set<string>> {
  const files = await filesBelow(root, folders, ['--others', '--exclude-standard']);
  return foldersOf(files.filter(isOffered));
}

async function filesBelow(
  root: string,
  folders: readonly string[],
  options: readonly string[] = [],
): Promise<string[]> {
  if (folders.length === 0) return [];
  const { stdout } = await runGit(root, ['ls-files', '-z', ...options, '--', ...folders]);
  return stdout.split('\0').filter((path) => path !== '');
}

function foldersOf(files: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const path of files)
    for (let at = path.lastIndexOf('/'); at !== -1; at = path.lastIndexOf('/', at - 1)) {
      // Those above it have been found with it.
      if (found.has(path.slice(0, at))) break;
      found.add(path.slice(0, at));
    }
  return found;
}

/** A path below a link or in a submodule, to which no rule applies, fails all that are asked for with it. */
async function ignoredAmong(root: string, paths: readonly string[]): Promise<Set<string>> {
  const { stdout, exitCode } = await runGit(root, ['check-ignore', '-z', '--stdin'], {
    input: paths.map((path) => `${path}\0`).join(''),
    okExitCodes: [0, 1, 128],
    env: { GIT_LITERAL_PATHSPECS: '0' },
  });
  if (exitCode !== 128) return new Set(stdout.split('\0'));
  if (paths.length === 1) return new Set();
  const half = Math.ceil(paths.length / 2);
  const [first, second] = [paths.slice(0, half), paths.slice(half)];
  return new Set([...(await ignoredAmong(root, first)), ...(await ignoredAmong(root, second))]);
}
