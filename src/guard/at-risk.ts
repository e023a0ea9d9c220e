import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findAgent, type Agent } from '../agent/index.js';
import type { Policy } from '../config/index.js';
import { messageOf } from '../error/index.js';
import {
  foldersOffered,
  foldersTracked,
  locateRepository,
  stagedAmong,
  trackingOfAll,
} from '../git/index.js';
import type { AtWork, Work } from './at-work.js';
import { checkoutsOf } from './checkouts.js';
import { stampOf } from './content.js';
import { ANY, type Danger } from './danger.js';
import type { Guard } from './guard.js';
import { policyOf } from './policy.js';
import { firstStanding } from './standing.js';
import { targetOf } from './target.js';
import { uncommitted } from './uncommitted.js';
import { isLive } from './who.js';

/** Work of another that a command would take. */
export interface AtRisk {
  other: Agent;
  checkout: string;
  path: string;
  policy: Policy;
  /** Why it could not be told whether the command would. */
  problem?: string;
}

/** As many paths as git is given in one call. */
const AT_ONCE = 100;

/**
 * The newest work of others that a command would take, where the policy has something to say of it.
 * @param others What these have written.
 */
export async function atRisk(guard: Guard, others: AtWork, danger: Danger): Promise<AtRisk | undefined> {
  if (danger.takes.length === 0) return undefined;
  for (const checkout of checkoutsIn(guard, danger)) {
    const works = await workIn(guard, checkout, await others.in(checkout), danger);
    const first = await firstTaken(guard, checkout, works, danger);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** What cannot be looked into counts as taken: an error here would let the command run. */
async function firstTaken(
  guard: Guard,
  checkout: string,
  works: readonly AtRisk[],
  danger: Danger,
): Promise<AtRisk | undefined> {
  const [newest] = works;
  if (newest === undefined) return undefined;
  try {
    const open = await uncommitted(checkout, works);
    for (let from = 0; from < open.length; from += AT_ONCE) {
      const some = await taken(checkout, open.slice(from, from + AT_ONCE), danger);
      const first = await firstStanding(guard, checkout, some);
      if (first !== undefined) return first;
    }
    return undefined;
  } catch (error) {
    return { ...newest, problem: messageOf(error) };
  }
}

/** The checkouts of the repository in which a command acts; none where it acts elsewhere. */
function checkoutsIn({ commonDir }: Guard, { place, branch }: Danger): string[] {
  if ('roots' in place)
    return checkoutsOf(commonDir).filter((checkout) =>
      place.roots.some((root) => isAtOrBelow(root, checkout) || isAtOrBelow(checkout, root)),
    );
  const target = targetOf(commonDir, place.folder, '.callsheet-here');
  if (target.where !== 'checkout' || isOn(target.checkout, branch)) return [];
  return [target.checkout];
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function isOn(checkout: string, branch: string | undefined): boolean {
  const located = branch === undefined ? undefined : locateRepository(checkout);
  if (located === undefined) return false;
  return readFileSync(join(located.gitDir, 'HEAD'), 'utf8').trim() === `ref: refs/heads/${branch}`;
}

async function workIn(
  guard: Guard,
  checkout: string,
  written: readonly Work[],
  { isNamed }: Danger,
): Promise<AtRisk[]> {
  const { store } = guard;
  const found: AtRisk[] = [];
  for (const { agentId, path } of written) {
    if (isNamed !== undefined && !isNamed(`${checkout}/${path}`, checkout)) continue;
    const policy = await policyOf(guard, { checkout, path });
    if (policy === 'cowboy' || policy === 'off') continue;
    const other = await findAgent(store, agentId);
    if (other !== undefined && (await isLive(store, other))) found.push({ other, checkout, path, policy });
  }
  return found;
}

/** Those that git sees in a way in which the command takes them. */
async function taken(checkout: string, works: readonly AtRisk[], danger: Danger): Promise<AtRisk[]> {
  const { takes, seenAs, sparesNewFolders } = danger;
  if (takes.length === ANY.length) return [...works];
  const paths = works.map(({ path }) => path);
  if (takes.includes('staged')) {
    const staged = await stagedAmong(checkout, paths);
    return works.filter(({ path }) => staged.has(path));
  }
  const tracking = await trackingOfAll(checkout, paths);
  const found = works.filter(({ path }) => {
    // What has gone and is not committed so is what the commit has.
    const isGone = stampOf(`${checkout}/${path}`) === '';
    const seen = isGone ? 'tracked' : (tracking.get(path) ?? 'tracked');
    return takes.includes(seen === 'tracked' ? seen : (seenAs?.(path) ?? seen));
  });
  return sparesNewFolders === true ? outsideNewFolders(checkout, found, danger) : found;
}

async function outsideNewFolders(
  checkout: string,
  works: readonly AtRisk[],
  { takes, seenAs }: Danger,
): Promise<AtRisk[]> {
  const folders = [...new Set(works.map(({ path }) => dirname(path)).filter((folder) => folder !== '.'))];
  const tracked = await foldersTracked(checkout, folders);
  // What takes only ignored files goes into new folders in which not all is ignored.
  const mixed = takes.includes('offered')
    ? tracked
    : await foldersOffered(checkout, folders, (path) => seenAs?.(path) !== 'ignored');
  return works.filter(
    ({ path }) => [tracked, mixed].some((some) => some.has(dirname(path))) || !path.includes('/'),
  );
}
