import type { Policy } from '../config/index.js';
import { locksOverlapping } from '../lock/index.js';
import type { Transaction } from '../store/index.js';
import { isFolder } from './content.js';
import type { Guard, Step } from './guard.js';
import { lockedByHand, lockWhileAtWork } from './locked.js';
import type { Place } from './look.js';
import { policyOf } from './policy.js';
import { saveWork, type Saved, type Unsaved } from './save-work.js';
import type { WrittenFile } from './shell-writes.js';
import { targetOf } from './target.js';

/** A lock that is in the way of a command. */
export interface InTheWay {
  path: string;
  policy: Policy;
  /** What its agent is told. */
  text: string;
}

type Locked = Place & { file: string; policy: Policy };

/**
 * Whether others have locked what a command says it writes: by hand, or under the policy `lock`, by which it is locked
 * for this agent else. All is looked at before anything is locked.
 */
export async function beforeLockedWrite(
  guard: Guard,
  step: Step,
  files: readonly WrittenFile[],
): Promise<InTheWay | undefined> {
  const places = await placesOf(guard, step, files);
  if (places.length === 0) return undefined;
  const holder = step.agent.parentId ?? step.agent.id;
  const saved: Saved[] = [];
  for (;;) {
    const found = await guard.store.transaction(
      async (tx) => (await byHand(tx, holder, places)) ?? (await whileAtWork(tx, holder, places, saved)),
    );
    if (found === undefined || 'text' in found) return found;
    saved.push(...(await saveWork(guard, found.save)));
  }
}

async function placesOf(guard: Guard, { cwd }: Step, files: readonly WrittenFile[]): Promise<Locked[]> {
  const places = new Map<string, Locked>();
  for (const { path } of files) {
    const target = targetOf(guard.commonDir, cwd, path);
    if (target.where !== 'checkout' || target.path === '') continue;
    const policy = await policyOf(guard, target);
    if (policy !== 'cowboy' && policy !== 'off') places.set(target.file, { ...target, policy });
  }
  return [...places.values()];
}

async function byHand(
  tx: Transaction,
  holder: string,
  places: readonly Locked[],
): Promise<InTheWay | undefined> {
  for (const { path, policy } of places) {
    const text = await lockedByHand(tx, holder, path);
    if (text !== undefined) return { path, policy, text: ofCommand(text) };
  }
  return undefined;
}

async function whileAtWork(
  tx: Transaction,
  holder: string,
  places: readonly Locked[],
  saved: readonly Saved[],
): Promise<InTheWay | { save: Unsaved[] } | undefined> {
  for (const { path, policy } of await heldFirst(tx, holder, places)) {
    const { refused, save } = await lockWhileAtWork(tx, { agentId: holder, path, saved });
    if (save !== undefined) return { save };
    if (refused !== undefined) return { path, policy, text: ofCommand(refused) };
  }
  return undefined;
}

/** Those first for which the agent would have to wait: then it has locked none of the others. */
async function heldFirst(tx: Transaction, holder: string, places: readonly Locked[]): Promise<Locked[]> {
  // A whole folder is not locked by whoever writes in it.
  const atWork = places.filter(({ policy, file }) => policy === 'lock' && !isFolder(file));
  const held: Locked[] = [];
  for (const place of atWork)
    if ((await locksOverlapping(tx, [place.path], { exceptAgent: holder, nowMs: tx.now })).length > 0)
      held.push(place);
  return [...held, ...atWork.filter((place) => !held.includes(place))];
}

function ofCommand(text: string): string {
  return text.replace(': not written.', ': not run.');
}
