import { findAgent, type Agent } from '../agent/index.js';
import type { Reader } from '../store/index.js';
import type { Guard } from './guard.js';
import { policyOf } from './policy.js';
import { shownPath } from './refusal.js';
import { gitCommandIn } from './git-command.js';
import type { ShellCommand } from './shell-commands.js';
import { dangersIn } from './shell-dangers.js';
import { writtenBy } from './shell-writes.js';
import { targetOf } from './target.js';

const INSTEAD =
  'You lead, and a lead writes no files: create a task, and a worker does it: callsheet task add "TITLE" --spec "…" --files PATH. Files outside the repository, such as a spec for --spec-file, you may write.';

/** Whether an agent leads, or works for one that does. */
export async function isLead(reader: Reader, { role, parentId }: Agent): Promise<boolean> {
  if (role === 'supervisor' || parentId === undefined) return role === 'supervisor';
  return (await findAgent(reader, parentId))?.role === 'supervisor';
}

export function leadMayNotWrite(path: string): string {
  return `callsheet: not written: ${shownPath(path)}. ${INSTEAD}`;
}

/** What of git changes the checkout or its history, besides what throws work away. */
const CHANGES = new Set([
  ...['add', 'am', 'apply', 'cherry-pick', 'commit', 'merge', 'mv', 'pull', 'rebase', 'revert', 'rm'],
]);

/** What in a shell line a lead may not do; undefined where all of it may pass. Whatever only reads always may. */
export async function leadMayNotRun(
  guard: Guard,
  commands: readonly ShellCommand[],
  cwd: string,
): Promise<{ what: string; reason: string } | undefined> {
  for (const { path } of writtenBy(commands)) {
    const guarded = await guardedPath(guard, cwd, path);
    if (guarded !== undefined) return notRun('it', `would write ${shownPath(guarded)}`);
  }
  for (const { what, paths } of dangersIn(commands))
    for (const path of paths)
      if ((await guardedPath(guard, cwd, path)) !== undefined) return notRun(what, CHANGES_CHECKOUT);
  for (const command of commands) {
    const git = gitCommandIn(command);
    if (git?.folder === undefined || !CHANGES.has(git.name)) continue;
    if ((await guardedPath(guard, cwd, git.folder)) !== undefined)
      return notRun(`git ${git.name}`, CHANGES_CHECKOUT);
  }
  return undefined;
}

const CHANGES_CHECKOUT = 'changes the checkout';

function notRun(what: string, why: string): { what: string; reason: string } {
  return { what, reason: `callsheet: not run: ${what} ${why}. ${INSTEAD}` };
}

/** A path as it is called in its checkout, where something of the repository is meant that is guarded. */
async function guardedPath(guard: Guard, cwd: string, path: string): Promise<string | undefined> {
  const named = targetOf(guard.commonDir, cwd, path);
  // The top folder lies in no checkout itself; what stands in it does.
  const target =
    named.where === 'outside' ? targetOf(guard.commonDir, cwd, `${path}/.callsheet-here`) : named;
  if (target.where === 'git') return path;
  if (target.where === 'outside' || (await policyOf(guard, target)) === 'off') return undefined;
  return named.where === 'checkout' ? named.path : path;
}
