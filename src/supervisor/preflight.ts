import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Driver } from '../driver/index.js';
import { driverFor } from '../driver/index.js';
import { CallsheetError } from '../error/index.js';
import { gitVersion, inspectRepository, isGitNewEnough, locateRepository, OLDEST_GIT, type Repository, type RepositoryFacts } from '../git/index.js';
import type { RunOptions } from '../run/index.js';

/** Why a run cannot start, and what to do about it. */
export interface Obstacle {
  code: string;
  message: string;
  hint: string;
}

export interface Preflight {
  obstacles: Obstacle[];
  warnings: string[];
  /** Programs that the repository's own configuration makes git run: asked for once. */
  repositoryCommands: string[];
  driver?: Driver;
  head?: { branch: string; commit: string };
}

/** Looks at everything that could keep a run from working, and says all of it at once. Changes nothing. */
export async function preflight(repository: Repository, options: RunOptions, cwd: string): Promise<Preflight> {
  const found: Preflight = { obstacles: [], warnings: [], repositoryCommands: [] };
  await checkGit(found);
  await checkHead(found, repository);
  await checkDriver(found, options.agent, cwd);
  await checkWorkspaces(found, options.workspaces);
  if (found.head !== undefined) {
    await checkRepository(found, await inspectRepository(repository, found.head.commit));
    await checkDisk(found, repository, found.head.commit, options);
  }
  return found;
}

async function checkGit({ obstacles }: Preflight): Promise<void> {
  const version = await gitVersion();
  if (isGitNewEnough(version)) return;
  obstacles.push({ code: 'GIT_OLD', message: `git is ${version.text}; ${OLDEST_GIT} or newer is needed.`, hint: 'Update git (merges in memory came with 2.38).' });
}

async function checkHead(found: Preflight, repository: Repository): Promise<void> {
  const { branch, commit } = await repository.head();
  if (commit === undefined) {
    found.obstacles.push({ code: 'HEAD_UNBORN', message: 'The repository has no commit yet.', hint: 'Commit something first: git add -A && git commit -m "Start"' });
  } else if (branch === undefined) {
    found.obstacles.push({ code: 'HEAD_DETACHED', message: `HEAD is detached at ${commit.slice(0, 10)}.`, hint: 'Switch to the branch that the work is meant for: git switch BRANCH' });
  } else {
    found.head = { branch, commit };
  }
  if ((await repository.resolve('refs/heads/callsheet')) !== undefined) {
    found.obstacles.push({ code: 'BRANCH_CALLSHEET', message: 'A branch is named `callsheet`, so git can make no branch below `callsheet/`.', hint: 'Rename it: git branch -m callsheet callsheet-old' });
  }
}

async function checkDriver(found: Preflight, name: string, cwd: string): Promise<void> {
  if (name === '') {
    found.obstacles.push({ code: 'AGENT_MISSING', message: 'No agent is named.', hint: 'Say how an agent is run: --agent "command:CMD" (any command-line agent; the brief is on its standard input)' });
    return;
  }
  try {
    const driver = driverFor(name, { folder: cwd });
    const problem = await driver.check();
    if (problem === undefined) found.driver = driver;
    else found.obstacles.push({ code: 'AGENT_UNUSABLE', ...problem });
  } catch (error) {
    if (!(error instanceof CallsheetError)) throw error;
    found.obstacles.push({ code: error.code, message: error.message, hint: error.hint ?? '' });
  }
}

async function checkWorkspaces({ obstacles }: Preflight, folder: string): Promise<void> {
  const existing = nearestExisting(folder);
  const hint = 'Name another place: `workspaces: /path` in callsheet.config.yaml';
  const checkout = locateRepository(existing);
  if (checkout !== undefined) {
    obstacles.push({ code: 'WORKSPACES_PLACE', message: `The workspaces would lie in ${folder}, inside the repository ${checkout.root}: its tools would pick them up.`, hint });
  }
  if (folder.split('/').includes('node_modules')) {
    obstacles.push({ code: 'WORKSPACES_PLACE', message: `The workspaces would lie in ${folder}, below a node_modules folder.`, hint });
  }
  try {
    await access(existing, constants.W_OK);
  } catch {
    obstacles.push({ code: 'WORKSPACES_PLACE', message: `The folder for workspaces, ${folder}, cannot be made: ${existing} is not writable.`, hint });
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(resolve(folder)));
}

async function checkRepository(found: Preflight, facts: RepositoryFacts): Promise<void> {
  const { warnings, obstacles } = found;
  if (facts.submodules.length > 0) warnings.push(`Submodules stay empty in workspaces: ${facts.submodules.slice(0, 5).join(', ')}.`);
  if (facts.usesLfs) warnings.push('Files in Git LFS are fetched into each workspace by its filter.');
  if (facts.mergeDrivers.length > 0) warnings.push(`Merges use drivers of the repository: ${facts.mergeDrivers.join(', ')}.`);
  for (const { owner, key, value, origin } of facts.settings) {
    if (owner === 'repository') found.repositoryCommands.push(`${key}=${value}`);
    if (owner !== 'foreign') continue;
    obstacles.push({ code: 'FOREIGN_CONFIG', message: `git's configuration runs a program that a file from elsewhere names: ${key}=${value} (${origin}).`, hint: `If you trust it, set it yourself: git config ${key} …; else take the include out.` });
  }
}

// Room for every workspace and the lane, and a tenth of it for what agents write.
async function checkDisk({ obstacles }: Preflight, repository: Repository, commit: string, options: RunOptions): Promise<void> {
  const bytes = (await repository.sizeOf(commit)) * (options.workers + 1) * 1.1;
  const disk = await statfs(nearestExisting(options.workspaces));
  const free = disk.bavail * disk.bsize;
  if (free > bytes + 50 * 1024 * 1024) return;
  const mib = (size: number): string => `${Math.ceil(size / 1024 / 1024)} MiB`;
  obstacles.push({
    code: 'DISK_LOW',
    message: `${options.workers + 1} workspaces of this repository need ${mib(bytes)}, and ${join(options.workspaces, '..')} has ${mib(free)} free.`,
    hint: 'Free some space (callsheet clean), use fewer workers (-w), or name another place: `workspaces: /path`',
  });
}

/** All obstacles as one refusal. */
export function refusalOf(obstacles: Obstacle[]): CallsheetError {
  const [first] = obstacles;
  const code = obstacles.length === 1 && first !== undefined ? first.code : 'PREFLIGHT';
  const lines = obstacles.map((each) => `${each.message}\n  → ${each.hint}`);
  const intro = obstacles.length === 1 ? '' : `${obstacles.length} things stand in the way:\n`;
  return new CallsheetError(code, `${intro}${lines.join('\n')}\nNothing was started.`, { data: obstacles });
}
