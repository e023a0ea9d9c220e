import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { CallsheetError, errorCode } from '../error/index.js';
import { locateRepository } from '../git/index.js';

// Magic numbers of statfs(2) for /proc and /sys, where rights say nothing about what can be made.
const OF_THE_KERNEL = new Set([0x9fa0, 0x62656572]);

/** The part of a path that is there already. */
export function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

/** A place, there or not yet, without links on its way: git lists worktrees by their real paths. */
function realPlace(folder: string): string {
  const existing = nearestExisting(folder);
  return join(realpathSync(existing), relative(existing, folder));
}

/**
 * Beside the checkout, never inside one: tools of the checkout would pick up what lies there.
 * @param wished As `workspaces:` has it, from the top of the checkout.
 */
export function workspacesFolder(wished: string | undefined, root: string): string {
  return realPlace(
    wished === undefined ? join(dirname(root), `${basename(root)}.callsheet`) : resolve(root, wished),
  );
}

/** Why workspaces cannot lie in a folder (absolute, as {@link realPlace} gives it); empty when they can. */
export async function problemsOfPlace(folder: string, root: string): Promise<string[]> {
  const existing = nearestExisting(folder);
  const problems = [
    insideCheckout(folder, existing),
    await notUsable(folder, existing),
    modulesInReach(folder, root),
  ];
  return problems.filter((problem) => problem !== undefined);
}

function insideCheckout(folder: string, existing: string): string | undefined {
  const owner = repositoryAround(statSync(existing).isDirectory() ? existing : dirname(existing));
  if (owner === undefined) return undefined;
  return `The workspaces would lie in ${folder}, inside the repository ${owner}: its tools would pick them up.`;
}

function repositoryAround(folder: string): string | undefined {
  try {
    return locateRepository(folder)?.root;
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'BROKEN_REPOSITORY') return folder;
    throw error;
  }
}

async function notUsable(folder: string, existing: string): Promise<string | undefined> {
  const problem = `The folder for workspaces, ${folder}, cannot be made:`;
  if (!statSync(existing).isDirectory()) return `${problem} ${existing} is a file.`;
  const next = join(existing, relative(existing, folder).split(sep)[0] ?? '');
  // A link that leads nowhere is not "there", and no folder can be made in its place.
  if (lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    return `${problem} ${next} is a link that leads nowhere.`;
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    const { type } = await statfs(existing);
    return OF_THE_KERNEL.has(type >>> 0) ? `${problem} ${existing} belongs to the kernel.` : undefined;
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) throw error;
    return `${problem} ${existing} is not writable.`;
  }
}

/** Dependencies above a workspace would be found from it, and make broken work pass. What the checkout itself finds is no news. */
function modulesInReach(folder: string, root: string): string | undefined {
  if (folder.split(sep).includes('node_modules'))
    return `The workspaces would lie in ${folder}, below a node_modules folder.`;
  const above = ancestorsOf(folder).find(
    (each) => existsSync(join(each, 'node_modules')) && !ancestorsOf(root).includes(each),
  );
  return above === undefined
    ? undefined
    : `The workspaces would lie in ${folder}, where the dependencies in ${join(above, 'node_modules')} would be found instead of their own.`;
}

function ancestorsOf(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestorsOf(parent)];
}
