import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../error/index.js';
import { readSmall } from '../file/index.js';
import type { Repository } from '../git/index.js';
import { entryPoint } from '../process/index.js';
import { defaultFolder, hookPlace, type HookPlace } from './hook-place.js';
import { BEFORE, hookText, isOurs, saysFolderWasMade, starterText, type Program } from './hook-text.js';

/** One change of the file system. */
export type GitGuardChange =
  | { kind: 'write'; path: string; text: string }
  | { kind: 'move'; path: string; to: string }
  | { kind: 'remove'; path: string }
  /** Only when nothing is in it. */
  | { kind: 'remove-folder'; path: string };

/** What would have to be done; nothing of it has been. */
export interface GitGuardPlan {
  /** In this order. Empty: all is as it should be. */
  changes: readonly GitGuardChange[];
  /** Has to be agreed to before the changes are made: why. */
  question?: string;
  /** Why nothing can be done; then there are no changes. */
  obstacle?: string;
}

const LONGEST_HOOK_BYTES = 1_000_000;

/**
 * What it takes that git asks before each commit. A hook that is there stays, under another name, and is run first.
 * @param program Default: this callsheet, by this node.
 */
export async function planGitGuard(
  repo: Repository,
  program: Program = { node: process.execPath, entry: entryPoint('git-hook') },
): Promise<GitGuardPlan> {
  const place = await hookPlace(repo);
  if (typeof place === 'string') return { changes: [], obstacle: place };
  const hook = hookChanges(place);
  if (typeof hook === 'string') return { changes: [], obstacle: hook };
  const changes = [...hook, ...starterChanges(repo, place, program)];
  const { question } = place;
  return { changes, ...(question === undefined || changes.length === 0 ? {} : { question }) };
}

/** What it takes at the hook's place; a text when it cannot be. */
function hookChanges({ folder, starter }: HookPlace): GitGuardChange[] | string {
  const [path, before] = [join(folder, 'pre-commit'), join(folder, BEFORE)];
  const [is, was] = [fileAt(path), fileAt(before)];
  const strange = is.strange ?? was.strange;
  if (strange !== undefined) return strange;
  const text = hookText(starter);
  if (is.kind !== 'none' && !isOursAt(is)) {
    if (was.kind !== 'none' && !isSame(is, was))
      return `${path} was written anew by somebody else, and ${before} is what was there before: keep one of the two, as pre-commit`;
    return [
      { kind: 'move', path, to: before },
      { kind: 'write', path, text },
    ];
  }
  return is.text === text && is.isProgram ? [] : [{ kind: 'write', path, text }];
}

function starterChanges(repo: Repository, { folder }: HookPlace, program: Program): GitGuardChange[] {
  const path = starterPath(repo);
  const is = fileAt(path);
  const madeFolder =
    is.text === undefined
      ? lstatSync(folder, { throwIfNoEntry: false }) === undefined
      : saysFolderWasMade(is.text);
  const text = starterText(program, madeFolder);
  return is.text === text && is.isProgram ? [] : [{ kind: 'write', path, text }];
}

/** What it takes that all is as it was before {@link planGitGuard}; what others have written since stays. */
export async function planGitGuardRemoval(repo: Repository): Promise<GitGuardPlan> {
  const place = await hookPlace(repo);
  // git may have been told to look elsewhere since.
  const folders = new Set([defaultFolder(repo), ...(typeof place === 'string' ? [] : [place.folder])]);
  const changes: GitGuardChange[] = [];
  const started = fileAt(starterPath(repo));
  for (const folder of folders) {
    const [path, before] = [join(folder, 'pre-commit'), join(folder, BEFORE)];
    if (!isOursAt(fileAt(path))) continue;
    if (fileAt(before).kind !== 'none') changes.push({ kind: 'move', path: before, to: path });
    else {
      changes.push({ kind: 'remove', path });
      if (started.text !== undefined && saysFolderWasMade(started.text))
        changes.push({ kind: 'remove-folder', path: folder });
    }
  }
  if (started.kind !== 'none') changes.push({ kind: 'remove', path: starterPath(repo) });
  return { changes };
}

function starterPath({ commonDir }: Repository): string {
  return join(commonDir, 'callsheet', 'git-hook');
}

interface Found {
  kind: 'none' | 'file' | 'link';
  bytes?: Buffer;
  text?: string;
  isProgram: boolean;
  /** Why nothing can be done about it. */
  strange?: string;
}

function fileAt(path: string): Found {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'none', isProgram: false };
  if (stats.isSymbolicLink()) return { kind: 'link', isProgram: true };
  try {
    const bytes = readSmall(path, LONGEST_HOOK_BYTES, { followLink: false });
    return { kind: 'file', bytes, text: bytes.toString('utf8'), isProgram: (stats.mode & 0o111) !== 0 };
  } catch (error) {
    return { kind: 'file', isProgram: false, strange: `${path} cannot be read: ${messageOf(error)}` };
  }
}

function isOursAt({ text }: Found): boolean {
  return text !== undefined && isOurs(text);
}

function isSame(one: Found, other: Found): boolean {
  return one.bytes !== undefined && other.bytes?.equals(one.bytes) === true;
}
