import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Driver } from '../driver/index.js';
import { driverFor } from '../driver/index.js';
import {
  gitVersion,
  foreignOf,
  insideRepository,
  inspectRepository,
  isGitNewEnough,
  OLDEST_GIT,
  programsOf,
  type Repository,
  type RepositoryFacts,
} from '../git/index.js';
import type { RunOptions } from '../run/index.js';
import { obstacleOf, type Obstacle } from './obstacle.js';
import type { RunWishes } from './options.js';
import { nearestExisting, problemsOfPlace } from '../workspace/index.js';

export interface Preflight {
  obstacles: Obstacle[];
  warnings: string[];
  /** Programs that the repository's own configuration makes git run: asked for once. */
  repositoryCommands: string[];
  driver?: Driver;
  head?: { branch: string; commit: string };
}

/** What is looked at, and where what is found is written down. */
interface Look {
  found: Preflight;
  repository: Repository;
  options: RunOptions;
  wishes: RunWishes;
}

/** Looks at everything that could keep a run from working, and says all of it at once. Changes nothing. */
export async function preflight(
  repository: Repository,
  options: RunOptions,
  wishes: RunWishes,
): Promise<Preflight> {
  const found: Preflight = { obstacles: [], warnings: [], repositoryCommands: [] };
  const look: Look = { found, repository, options, wishes };
  await checkGit(found);
  const commit = await checkHead(look);
  await checkDriver(look);
  await checkInto(look, commit);
  checkCopies(look);
  for (const message of await problemsOfPlace(options.workspaces, repository.root)) {
    add(
      found,
      'WORKSPACES_PLACE',
      message,
      'Name another place: `workspaces: /path` in the plan or callsheet.config.yaml',
    );
  }
  if (commit === undefined) return found;
  checkFacts(found, await inspectRepository(repository, commit));
  await checkChanges(look);
  await checkStartFolder(look, commit);
  await checkDisk(look, commit);
  return found;
}

function add({ obstacles }: Preflight, code: string, message: string, hint: string, isUsage = false): void {
  obstacles.push({ code, message, hint, isUsage });
}

async function checkGit(found: Preflight): Promise<void> {
  const version = await gitVersion();
  if (isGitNewEnough(version)) return;
  const oldest = `${OLDEST_GIT.major}.${OLDEST_GIT.minor}`;
  add(
    found,
    'GIT_OLD',
    `git is ${version.text}; ${oldest} or newer is needed, which merges in memory.`,
    'Update git: https://git-scm.com/downloads, or your package manager',
  );
}

async function checkHead({ found, repository }: Look): Promise<string | undefined> {
  const { branch, commit } = await repository.head();
  if (commit === undefined) {
    add(
      found,
      'HEAD_UNBORN',
      'The repository has no commit yet.',
      'Commit something first: git add -A && git commit -m "Start"',
    );
  } else if (branch === undefined) {
    add(
      found,
      'HEAD_DETACHED',
      `HEAD is detached at ${commit.slice(0, 10)}.`,
      'Switch to the branch that the work is meant for: git switch BRANCH',
    );
  } else {
    found.head = { branch, commit };
  }
  // Also one without a commit: the first commit would make it.
  if (branch === 'callsheet' || (await repository.resolve('refs/heads/callsheet')) !== undefined) {
    add(
      found,
      'BRANCH_CALLSHEET',
      'A branch is named `callsheet`, so git can make no branch below `callsheet/`.',
      'Rename it: git branch -m callsheet callsheet-old',
    );
  }
  return commit;
}

async function checkDriver({ found, options: { agent } }: Look): Promise<void> {
  if (agent === '') {
    add(
      found,
      'AGENT_MISSING',
      'No agent is named.',
      'Say how an agent is run: --agent "command:CMD" (any command-line agent; the brief is on its standard input)',
      true,
    );
    return;
  }
  try {
    // A script file has its full path by now.
    const driver = driverFor(agent, { folder: '/' });
    const problem = await driver.check();
    if (problem === undefined) found.driver = driver;
    else add(found, 'AGENT_UNUSABLE', problem.message, problem.hint);
  } catch (error) {
    found.obstacles.push(obstacleOf(error));
  }
}

async function checkChanges({ found, repository, options, wishes }: Look): Promise<void> {
  if (repository.isBare) {
    if (wishes.withChanges)
      add(
        found,
        'NO_CHECKOUT',
        'A bare repository has no uncommitted changes to take along.',
        'Leave out --with-changes',
        true,
      );
    return;
  }
  if (wishes.withChanges) {
    const { into } = options;
    const isHere = into !== undefined && into === (await repository.head()).branch;
    if (isHere)
      found.warnings.push(
        `Landing into ${into} at the end will wait until the changes taken along are committed or stashed here.`,
      );
    return;
  }
  // git runs filters to tell what has changed.
  if (!(await mayRunPrograms(found, wishes))) {
    found.warnings.push(
      'Whether there are uncommitted changes was not looked at: that would run programs of the repository.',
    );
    return;
  }
  const { tracked, untracked } = await repository.status(repository.root);
  const plan = wishes.plan === undefined ? undefined : relative(repository.root, wishes.plan);
  const changed = [...tracked.map((each) => each.path), ...untracked.filter((path) => path !== plan)];
  if (changed.length === 0) return;
  const names =
    changed.slice(0, 5).join(', ') + (changed.length > 5 ? `, and ${changed.length - 5} more` : '');
  found.warnings.push(
    `Uncommitted changes are not in the base: ${names}. Commit them first, or give --with-changes.`,
  );
}

async function mayRunPrograms(
  { repositoryCommands, obstacles }: Preflight,
  wishes: RunWishes,
): Promise<boolean> {
  if (obstacles.some(({ code }) => code === 'FOREIGN_CONFIG')) return false;
  return repositoryCommands.length === 0 || wishes.hasAgreedTo(repositoryCommands);
}

/** Found out at the end only, it would cost the whole run. */
async function checkInto(
  { found, repository, options: { into } }: Look,
  commit: string | undefined,
): Promise<void> {
  if (into === undefined || (await repository.resolve(`refs/heads/${into}`)) !== undefined) return;
  add(
    found,
    'INTO_UNKNOWN',
    `There is no branch ${into} to land into.`,
    `Name one that is there, or make it: git branch ${into} ${commit?.slice(0, 12) ?? ''}`.trimEnd(),
    true,
  );
}

function checkCopies({ found, repository, options }: Look): void {
  const missing: string[] = [];
  for (const path of options.copy) {
    try {
      const kind = statSync(join(repository.root, insideRepository(repository.root, path)), {
        throwIfNoEntry: false,
      });
      if (kind?.isFile() !== true && kind?.isDirectory() !== true) missing.push(path);
    } catch (error) {
      found.obstacles.push(obstacleOf(error));
    }
  }
  if (missing.length === 0) return;
  add(
    found,
    'COPY_MISSING',
    `\`copy:\` names what is no file or folder of the checkout: ${missing.join(', ')}.`,
    'Make it, or take it out of `copy:`',
  );
}

async function checkStartFolder(
  { found, repository, options: { startFolder } }: Look,
  commit: string,
): Promise<void> {
  if (startFolder === undefined) return;
  const files = await repository.filesAt(commit);
  if (files.some((path) => path.startsWith(`${startFolder}/`))) return;
  add(
    found,
    'START_FOLDER_MISSING',
    `Workers would start in ${startFolder}, which is no folder of ${commit.slice(0, 10)}.`,
    'Commit it, or correct `working_directory` in the plan',
    true,
  );
}

function checkFacts(found: Preflight, facts: RepositoryFacts): void {
  const { warnings } = found;
  if (facts.isSparse)
    add(
      found,
      'SPARSE_CHECKOUT',
      'The checkout is sparse (core.sparseCheckout): agents and gates would see only a part of the tree.',
      'Have all of it: git sparse-checkout disable; or run from a full clone',
    );
  if (facts.submodules.length > 0)
    warnings.push(`Submodules stay empty in workspaces: ${facts.submodules.slice(0, 5).join(', ')}.`);
  if (facts.usesLfs) warnings.push('Files in Git LFS are fetched into each workspace by its filter.');
  if (facts.mergeDrivers.length > 0)
    warnings.push(`Merges use drivers of the repository: ${facts.mergeDrivers.join(', ')}.`);
  found.repositoryCommands.push(...programsOf(facts.settings));
  for (const { message, hint } of foreignOf(facts.settings)) add(found, 'FOREIGN_CONFIG', message, hint);
}

// Room for every workspace and the lane, and a tenth of it for what agents write.
async function checkDisk({ found, repository, options }: Look, commit: string): Promise<void> {
  const bytes = (await repository.sizeOf(commit)) * (options.workers + 1) * 1.1;
  const disk = await statfs(nearestExisting(options.workspaces));
  const free = disk.bavail * disk.bsize;
  if (free > bytes + 50 * 1024 * 1024) return;
  const mib = (size: number): string => `${Math.ceil(size / 1024 / 1024)} MiB`;
  const message = `${options.workers + 1} workspaces of this repository need ${mib(bytes)} (and 50 MiB to spare), and ${dirname(options.workspaces)} has ${mib(free)} free.`;
  add(
    found,
    'DISK_LOW',
    message,
    'Free some space (callsheet clean), use fewer workers (-w), or name another place: `workspaces: /path`',
  );
}
