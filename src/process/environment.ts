import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, relative, sep } from 'node:path';
import { errorCode } from '../error/index.js';

/** Search paths through which code of the person's checkout could reach a workspace. */
const SEARCH_PATHS = [
  'PATH',
  'PYTHONPATH',
  'RUBYLIB',
  'PERL5LIB',
  'CLASSPATH',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
];

/** What tells a tool which folder, project or other environment it runs in: true of the person's shell, not of a workspace. */
const TIED_TO_A_FOLDER = new Set([
  ...[
    'PWD',
    'OLDPWD',
    'INIT_CWD',
    'PROJECT_CWD',
    'BERRY_BIN_FOLDER',
    'PNPM_SCRIPT_SRC_DIR',
    'PNPM_PACKAGE_NAME',
  ],
  ...[
    'NODE_PATH',
    'VIRTUAL_ENV',
    'VIRTUAL_ENV_PROMPT',
    'PYTHONHOME',
    'BUNDLE_GEMFILE',
    'BUNDLE_BIN_PATH',
    'RUBYOPT',
  ],
  ...['npm_command', 'npm_execpath', 'npm_node_execpath', 'npm_config_local_prefix', 'npm_config_prefix'],
]);

const TIED_PREFIXES = ['GIT_', 'CALLSHEET_', 'npm_lifecycle_', 'npm_package_'];

// `--max-old-space-size` and the like are the person's and stay; whatever loads code names a file of the checkout
// (editors and test runners put it there), and two processes cannot share one inspector port.
const LOADS_CODE = /(^|\s)(-r|--require|--import|--(experimental-)?loader|--env-file|--inspect|--watch)/;

/**
 * The environment of workers and gates: the person's, without what belongs to another git command, callsheet session,
 * `npm run` or activated environment, and without search paths into the checkout. `npm_config_registry` and other
 * settings stay. What a workspace needs besides is stated in `env:` of the configuration.
 * @param repositoryRoot The person's checkout, absolute.
 */
export function cleanEnvironment(
  base: NodeJS.ProcessEnv,
  { repositoryRoot }: { repositoryRoot: string },
): Record<string, string> {
  const roots = [repositoryRoot, resolved(repositoryRoot)];
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || isTied(name) || (name === 'NODE_OPTIONS' && LOADS_CODE.test(value))) continue;
    const kept = SEARCH_PATHS.includes(name) ? withoutCheckout(value, roots) : value;
    if (kept !== '' || value === '') env[name] = kept;
  }
  return env;
}

function isTied(name: string): boolean {
  return TIED_TO_A_FOLDER.has(name) || TIED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function withoutCheckout(searchPath: string, roots: string[]): string {
  return searchPath
    .split(delimiter)
    .filter((entry) => !reachesCheckout(entry, roots))
    .join(delimiter);
}

function reachesCheckout(entry: string, roots: string[]): boolean {
  // Relative and empty entries mean the folder one stands in, which was the checkout.
  if (!isAbsolute(entry)) return true;
  // `npm run` and `npx` also add those of every folder above: dependencies of some other checkout.
  if (/[/\\]node_modules[/\\]\.bin[/\\]?$/.test(entry)) return true;
  return roots.some((root) => isInside(root, entry) || isInside(root, resolved(entry)));
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    // PATH may name folders that do not exist, or that we may not enter: nothing can be found through them.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(errorCode(error) ?? '')) return path;
    throw error;
  }
}
