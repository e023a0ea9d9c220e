import { createHash } from 'node:crypto';
import { constants, existsSync, realpathSync } from 'node:fs';
import { copyFile, cp, lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expandEnv } from '../config/index.js';
import { CallsheetError, diskFull, errorCode, isDiskFull, explainedDisk, messageOf } from '../error/index.js';
import { handlePath, NotAFile, openFile } from '../file/index.js';
import { atPathInside, insideRepository, type CommitId } from '../git/index.js';
import { isOutOfSpace } from '../process/index.js';
import { matchesPath, shownNames } from '../text/index.js';
import { LOG_LIMIT_BYTES, processesOf, scratchFolder, type Site } from './site.js';
import { notePrepared, type Workspace } from './workspace.js';

const SETUP_TIMEOUT_MS = 15 * 60_000;

/**
 * The environment of a workspace: the cleaned one of the person with `env:` of the run, `{slot}` filled in. The
 * scratch folder in it marks every process of the run, so that a later engine finds what a killed one left.
 */
export function workspaceEnv(site: Site, workspace: Pick<Workspace, 'slot'>): Record<string, string> {
  return {
    ...site.env,
    ...expandEnv(site.run.options.env, { slot: workspace.slot }),
    CALLSHEET_SCRATCH: scratchFolder(site),
  };
}

/**
 * What a workspace at this commit is prepared with, as a hash: the setup command, the files it reads, the
 * environment, the copied files. Evidence of a gate holds for one such hash.
 */
export async function inputsHash(site: Site, commit: CommitId): Promise<string> {
  const { setup, setupInputs, env, copy } = site.run.options;
  const inputs =
    setup === undefined ? new Map<string, string>() : await site.repository.hashesAt(commit, setupInputs);
  const copied = await Promise.all(
    copy.map(async (path) => [path, await hashOfFile(site.repository.root, path)]),
  );
  return createHash('sha256')
    .update(JSON.stringify([setup, [...inputs].sort(), env, copied]))
    .digest('hex');
}

/**
 * Makes a workspace ready for an agent or a gate: copies what `copy:` names, runs `setup` when its inputs changed.
 * @throws {CallsheetError} `SETUP_FAILED` with the tail of its output, `COPY_FAILED`, `COPY_NOT_IGNORED`.
 */
export async function prepareWorkspace(
  site: Site,
  workspace: Workspace,
  commit: CommitId,
  signal?: AbortSignal,
): Promise<Workspace> {
  const inputs = await inputsHash(site, commit);
  if (workspace.prepared === inputs) return workspace;
  for (const path of site.run.options.copy) await copyInto(site, workspace, path);
  await requireIgnored(site, workspace);
  await runSetup(site, workspace, signal);
  await site.store.transaction((tx) => notePrepared(tx, workspace.path, inputs));
  return { ...workspace, prepared: inputs };
}

async function runSetup(site: Site, workspace: Workspace, signal: AbortSignal | undefined): Promise<void> {
  const { setup } = site.run.options;
  if (setup === undefined) return;
  const logFile = join(site.sheetFolder, 'logs', site.run.id, `setup-${workspace.slot}.log`);
  const result = await processesOf(site).runCommand({
    command: setup,
    cwd: workspace.path,
    env: workspaceEnv(site, workspace),
    timeoutMs: SETUP_TIMEOUT_MS,
    logFile,
    logLimitBytes: LOG_LIMIT_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode === 0) return;
  if (isOutOfSpace(workspace.path))
    throw diskFull(
      `The disk of ${workspace.path} is full: \`${setup}\` could not be done. No agent was started.`,
    );
  const how = result.timedOut
    ? 'did not end in 15 minutes'
    : `ended with ${result.exitCode ?? result.signal ?? 'nothing'}`;
  throw new CallsheetError(
    'SETUP_FAILED',
    `\`${setup}\` ${how} in ${workspace.path}. No agent was started.\n${result.tail}`,
    {
      hint: `Mend what it needs, then: callsheet resume ${site.run.id}. Another \`setup:\` needs a new run.`,
    },
  );
}

// What git does not ignore would be committed with the agent's work, and land: secrets first of all.
async function requireIgnored(site: Site, workspace: Workspace): Promise<void> {
  const { copy } = site.run.options;
  if (copy.length === 0) return;
  const { tracked, untracked } = await site.repository.status(workspace.path);
  const seen = [...tracked.map((each) => each.path), ...untracked];
  const open = seen.filter((path) => copy.some((each) => matchesPath(each, path)));
  if (open.length === 0) return;
  throw new CallsheetError(
    'COPY_NOT_IGNORED',
    `${shownNames(open, 5)} ${open.length === 1 ? 'is' : 'are'} copied into each workspace (\`copy:\`) and not ignored by git: it would be committed with the work of an agent. No agent was started.`,
    {
      hint: 'Add it to .gitignore or .git/info/exclude, or take it out of `copy:`.',
    },
  );
}

async function copyInto(site: Site, workspace: Workspace, path: string): Promise<void> {
  const { root } = site.repository;
  const from = sourceOf(root, path);
  try {
    await atPathInside(workspace.path, path, (to) => copyTo(from, to));
  } catch (error) {
    if (isDiskFull(explainedDisk(error))) throw explainedDisk(error);
    throw new CallsheetError(
      'COPY_FAILED',
      `${path} of the checkout could not be copied into ${workspace.path} (${reasonOf(error)}).`,
      {
        hint: 'Make it a file or folder inside the checkout, or take it out of `copy:`.',
        cause: error,
      },
    );
  }
}

/** Where the thing itself lies: a link in the checkout stands for what it leads to. */
function sourceOf(root: string, path: string): string {
  const named = join(root, insideRepository(root, path));
  return existsSync(named) ? realpathSync(named) : named;
}

/** A link that is committed in the place of the copy is replaced, not followed. */
async function copyTo(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isDirectory()) {
    if ((await lstat(to).catch(unlessMissing))?.isSymbolicLink() === true) await rm(to);
    return cp(from, to, { recursive: true, verbatimSymlinks: true, force: true });
  }
  await using source = await openFile(from, { followLink: false });
  await rm(to, { force: true });
  const { COPYFILE_EXCL, COPYFILE_FICLONE } = constants;
  return copyFile(handlePath(source, from), to, COPYFILE_EXCL | COPYFILE_FICLONE);
}

function unlessMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function reasonOf(error: unknown): string {
  return error instanceof NotAFile ? error.message : (errorCode(error) ?? messageOf(error));
}

async function hashOfFile(root: string, path: string): Promise<string | null> {
  try {
    const hash = createHash('sha256');
    await using handle = await openFile(sourceOf(root, path), { followLink: false });
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch (error) {
    // What is no file is copied or refused when its turn comes.
    if (error instanceof NotAFile || ['ENOENT', 'ENXIO'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}
