import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expandEnv } from '../config/index.js';
import { CallsheetError, diskFull, errorCode, isDiskFull, explainedDisk, messageOf } from '../error/index.js';
import { insideRepository, type CommitId } from '../git/index.js';
import { isOutOfSpace } from '../process/index.js';
import { matchesPath } from '../text/index.js';
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
    copy.map(async (path) => [path, await hashOfFile(join(site.repository.root, path))]),
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
    `${open.slice(0, 5).join(', ')} ${open.length === 1 ? 'is' : 'are'} copied into each workspace (\`copy:\`) and not ignored by git: it would be committed with the work of an agent. No agent was started.`,
    {
      hint: 'Add it to .gitignore or .git/info/exclude, or take it out of `copy:`.',
    },
  );
}

// The destination is checked after its folders exist: a committed symlink there must not lead the copy outside.
async function copyInto(site: Site, workspace: Workspace, path: string): Promise<void> {
  const from = join(site.repository.root, insideRepository(site.repository.root, path));
  try {
    const kind = await lstat(from);
    const to = join(workspace.path, insideRepository(workspace.path, path));
    await mkdir(dirname(to), { recursive: true });
    if (kind.isDirectory()) await cp(from, to, { recursive: true, verbatimSymlinks: true, force: true });
    else await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (isDiskFull(explainedDisk(error))) throw explainedDisk(error);
    throw new CallsheetError(
      'COPY_FAILED',
      `${path} of the checkout could not be copied into ${workspace.path} (${errorCode(error) ?? messageOf(error)}).`,
      {
        hint: 'Make the file, or take it out of `copy:`.',
        cause: error,
      },
    );
  }
}

async function hashOfFile(file: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}
