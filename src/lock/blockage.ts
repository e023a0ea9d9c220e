import { numberOf, type Reader } from '../store/index.js';
import { selectCapacity, selectOnResource, selectPathsNear } from './lock.sql.js';
import { toStanding, type Standing } from './row.js';
import { baseOf, basesAbove, covers, overlap, type Target } from './target.js';

/** What an agent asks for. Without `seq` it is the newest request; with it, one that stands in the queue. */
export interface Wish {
  agentId: string;
  targets: Target[];
  seq?: number;
}

/** A target that an agent cannot have yet, and who stands in the way. */
export interface Blockage {
  target: Target;
  by: Standing[];
  /** How many of these agents must let go first: all for a path, as many as are too many for a resource. */
  mustGo: number;
}

/** The open locks' targets that overlap a target, in the order of the requests. */
export async function standingOn(reader: Reader, target: Target): Promise<Standing[]> {
  const rows =
    target.kind === 'resource'
      ? await reader.all(selectOnResource(target.value))
      : await reader.all(near(baseOf(target.value)));
  const standing = rows.map(toStanding).filter((each) => overlap(each.target, target));
  return standing.sort((a, b) => a.seq - b.seq);
}

function near(base: string) {
  return selectPathsNear(base, basesAbove(base));
}

/** What keeps a wish from being granted now; nothing when it can be. */
export async function findBlockages(reader: Reader, wish: Wish): Promise<Blockage[]> {
  const found: Blockage[] = [];
  for (const target of wish.targets) {
    const blockage = await blockageOf(reader, wish, target);
    if (blockage !== undefined) found.push(blockage);
  }
  return found;
}

async function blockageOf(reader: Reader, wish: Wish, target: Target): Promise<Blockage | undefined> {
  const standing = await standingOn(reader, target);
  // What it holds already nobody else can hold: a queue behind it does not concern it.
  const own = standing.filter((each) => each.agentId === wish.agentId && each.state === 'held');
  if (own.some((each) => covers(each.target, target))) return undefined;
  const by = standing.filter((each) => each.agentId !== wish.agentId && isInFront(each, wish));
  const agents = agentsOf(by).length;
  const mustGo = target.kind === 'path' ? agents : agents - (await capacityOf(reader, target.value)) + 1;
  return mustGo > 0 ? { target, by, mustGo } : undefined;
}

/** Holders, and whoever asked earlier: a unit that an earlier request waits for is not taken from under it. */
function isInFront(each: Standing, wish: Wish): boolean {
  return each.state === 'held' || wish.seq === undefined || each.seq < wish.seq;
}

export function agentsOf(standing: Standing[]): string[] {
  return [...new Set(standing.map((each) => each.agentId))];
}

/** How many agents may hold a resource at a time; 1 unless it was declared. */
export async function capacityOf(reader: Reader, name: string): Promise<number> {
  const row = await reader.get(selectCapacity(name));
  return row === undefined ? 1 : numberOf(row, 'capacity');
}
