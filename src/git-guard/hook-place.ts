import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { readSettings, type Repository } from '../git/index.js';

/** Where the hook belongs. */
export interface HookPlace {
  /** Absolute. */
  folder: string;
  /** What starts what is there, when git itself would not. */
  starter: '' | 'sh -e ';
  /** Why a person has to agree before something is written there. */
  question?: string;
}

/** The folder in which git looks for the hooks of a repository; a text where there is none in which one could be put. */
export async function hookPlace(repo: Repository): Promise<HookPlace | string> {
  const { settings } = await readSettings(repo);
  const setting = settings.findLast(({ key }) => key === 'core.hookspath');
  if (setting === undefined) return { folder: defaultFolder(repo), starter: '' };
  const { value, owner } = setting;
  if (value === '' || /^~[^/]|^%\(/.test(value))
    return `git's core.hooksPath is “${value}”, which names no folder that is understood`;
  const named = resolve(repo.root, value.replace(/^~(?=\/|$)/, homedir()));
  if (isNoFolder(named)) return `git's core.hooksPath is ${value}, which is no folder: hooks are turned off`;
  const place = withoutHusky(named);
  if (isBelow(repo.commonDir, place.folder)) return place;
  if (isBelow(repo.root, place.folder))
    return {
      ...place,
      question: `git's hooks are in ${relative(repo.root, place.folder) || '.'}, inside the checkout: whoever shares the repository gets what is written there, and a tool may write it anew`,
    };
  const whose = owner === 'person' ? 'of all your repositories' : 'outside of the repository';
  return {
    ...place,
    question: `git's hooks are in ${place.folder}, ${whose}: others may be using them too`,
  };
}

export function defaultFolder({ commonDir }: Repository): string {
  return join(commonDir, 'hooks');
}

/**
 * husky makes a folder `_` of its own, anew at every installation, whose hooks start those in the folder above by their
 * name, with `sh -e`, whether they are programs or not.
 */
function withoutHusky(folder: string): HookPlace {
  const isHusky = basename(folder) === '_' && existsSync(join(folder, 'h'));
  return isHusky ? { folder: dirname(folder), starter: 'sh -e ' } : { folder, starter: '' };
}

function isNoFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isDirectory() && !stats.isSymbolicLink();
}

/** By where it really is, links followed, as far as it exists. */
function isBelow(folder: string, path: string): boolean {
  const inside = relative(realpathSync(folder), realOf(path));
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function realOf(path: string): string {
  if (existsSync(path) || dirname(path) === path) return realpathSync(path);
  return join(realOf(dirname(path)), basename(path));
}
