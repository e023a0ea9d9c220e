import type { Preparation } from '../plan/index.js';

interface LockFile {
  file: string;
  /** Missing where the build fetches on its own. */
  install?: string;
  language: string;
}

/** In the order in which one is preferred when a language has several. */
const LOCK_FILES: readonly LockFile[] = [
  { file: 'pnpm-lock.yaml', install: 'pnpm install --frozen-lockfile', language: 'javascript' },
  { file: 'yarn.lock', install: 'yarn install --frozen-lockfile', language: 'javascript' },
  { file: 'bun.lock', install: 'bun install --frozen-lockfile', language: 'javascript' },
  { file: 'bun.lockb', install: 'bun install --frozen-lockfile', language: 'javascript' },
  { file: 'package-lock.json', install: 'npm ci', language: 'javascript' },
  { file: 'npm-shrinkwrap.json', install: 'npm ci', language: 'javascript' },
  { file: 'uv.lock', install: 'uv sync', language: 'python' },
  { file: 'poetry.lock', install: 'poetry install', language: 'python' },
  { file: 'Pipfile.lock', install: 'pipenv sync', language: 'python' },
  { file: 'Gemfile.lock', install: 'bundle install', language: 'ruby' },
  { file: 'composer.lock', install: 'composer install', language: 'php' },
  { file: 'Cargo.lock', language: 'rust' },
  { file: 'go.sum', language: 'go' },
];

/**
 * The command that prepares a workspace, from the lock files at a repository's top: one install for each language.
 * @returns Undefined when nothing has to be installed, or nothing tells how.
 */
export function proposedSetup(filesAtTop: readonly string[]): string | undefined {
  const installs = new Map<string, string>();
  for (const { file, install, language } of LOCK_FILES) {
    if (install === undefined || !filesAtTop.includes(file) || installs.has(language)) continue;
    // Yarn 2 and later keep their settings in this file and call the option by another name.
    const isNewYarn = file === 'yarn.lock' && filesAtTop.includes('.yarnrc.yml');
    installs.set(language, isNewYarn ? 'yarn install --immutable' : install);
  }
  return installs.size === 0 ? undefined : [...installs.values()].join(' && ');
}

/** The patterns of the files whose change makes `setup` run again: as stated, else every lock file at the top. */
export function setupInputsOf(preparation: Pick<Preparation, 'setupInputs'>): string[] {
  return preparation.setupInputs ?? LOCK_FILES.map(({ file }) => file);
}
