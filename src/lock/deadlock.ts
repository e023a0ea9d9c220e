import { CallsheetError } from '../error/index.js';
import type { Reader } from '../store/index.js';
import { agentsOf, findBlockages, type Blockage, type Wish } from './blockage.js';
import { selectQueuedOf } from './lock.sql.js';
import { targetsOfLock, type Lock } from './lock.js';
import { toLock, type Standing } from './row.js';
import { covers, type Target } from './target.js';
import { storedLock } from './write.js';

/** Who waits for what, for every agent that can be reached from one. */
type WaitGraph = Map<string, Blockage[]>;

/** One step of a circle: this agent waits for that target, which the next agent holds or asked for earlier. */
export interface Wait {
  agent: string;
  waitsFor: string;
  of: string;
}

/**
 * Refuses a wish that would wait for itself.
 * @throws {CallsheetError} `LOCK_DEADLOCK` with the circle in its data.
 */
export async function refuseDeadlock(reader: Reader, wish: Wish): Promise<void> {
  const steps = await circleOf(reader, wish);
  if (steps === undefined) return;
  const circle = steps.map(({ wait }) => wait);
  const waits = circle.map((wait) => `${wait.agent} waits for ${wait.waitsFor} of ${wait.of}`).join(', ');
  throw new CallsheetError('LOCK_DEADLOCK', `That would never be granted: ${waits}. Nothing was queued.`, {
    hint: 'Release what you hold, then ask for all of it at once: callsheet lock release --all',
    data: { cycle: circle },
  });
}

/**
 * The locks that a wish would wait for, one after the other, until it waited for itself: each is held, or was asked for
 * earlier, by the agent that waits for the next; the last by the one whose wish it is. Empty where there is no circle.
 */
export async function locksInCircle(reader: Reader, wish: Wish): Promise<Lock[]> {
  const steps = (await circleOf(reader, wish)) ?? [];
  return steps.at(-1)?.by.agentId === wish.agentId
    ? Promise.all(steps.map(({ by }) => storedLock(reader, by.lockId)))
    : [];
}

async function circleOf(reader: Reader, wish: Wish): Promise<Step[] | undefined> {
  const queued = await queuedOf(reader, wish.agentId);
  const targets = beyond(queued.flatMap(targetsOfLock), wish.targets);
  return findCircle(reader, wish.agentId, await findBlockages(reader, { ...wish, targets }));
}

/** The circle that an agent waits in, with `wanted` besides what it has queued; undefined when there is none. */
export async function findCircle(
  reader: Reader,
  agentId: string,
  wanted: Blockage[] = [],
): Promise<Step[] | undefined> {
  const graph = await waitGraphFrom(reader, agentId, wanted);
  const finishing = agentsThatFinish(graph);
  return finishing.has(agentId) ? undefined : circleThrough(agentId, graph, finishing);
}

async function waitGraphFrom(reader: Reader, agentId: string, wanted: Blockage[]): Promise<WaitGraph> {
  const graph: WaitGraph = new Map([[agentId, [...wanted, ...(await waitsOf(reader, agentId))]]]);
  for (const waits of graph.values()) {
    for (const next of agentsOf(waits.flatMap((wait) => wait.by))) {
      if (!graph.has(next)) graph.set(next, await waitsOf(reader, next));
    }
  }
  return graph;
}

async function waitsOf(reader: Reader, agentId: string): Promise<Blockage[]> {
  const waits: Blockage[] = [];
  const before: Target[] = [];
  for (const lock of await queuedOf(reader, agentId)) {
    const targets = beyond(before, targetsOfLock(lock));
    waits.push(...(await findBlockages(reader, { agentId, targets, seq: lock.seq })));
    before.push(...targets);
  }
  return waits;
}

async function queuedOf(reader: Reader, agentId: string): Promise<Lock[]> {
  return (await reader.all(selectQueuedOf(agentId))).map(toLock);
}

// What an earlier request of the same agent will bring is waited for there: by then nobody stands in front of it.
function beyond(asked: Target[], targets: Target[]): Target[] {
  return targets.filter((target) => !asked.some((one) => covers(one, target)));
}

// A path waits for all in its way, a resource for any few of its holders. So it is not a plain search for a
// circle: an agent finishes when enough of those it waits for finish, and who never does is stuck.
function agentsThatFinish(graph: WaitGraph): Set<string> {
  const finishing = new Set<string>();
  for (let before = -1; before !== finishing.size;) {
    before = finishing.size;
    for (const [agent, waits] of graph) {
      if (waits.every((wait) => isMet(wait, finishing))) finishing.add(agent);
    }
  }
  return finishing;
}

function isMet(wait: Blockage, finishing: ReadonlySet<string>): boolean {
  return agentsOf(wait.by).filter((agent) => finishing.has(agent)).length >= wait.mustGo;
}

/** A wait for what one other has, or asked for earlier. */
interface Step {
  wait: Wait;
  by: Standing;
  before?: Step;
}

/** The shortest way from an agent back to itself among those that are stuck. */
function circleThrough(start: string, graph: WaitGraph, finishing: ReadonlySet<string>): Step[] {
  const names = namesIn(graph);
  const seen = new Set<string>();
  const steps: Step[] = stepsFrom(start, graph, names, finishing);
  for (const step of steps) {
    const { agentId } = step.by;
    if (agentId === start) return trailOf(step);
    if (seen.has(agentId)) continue;
    seen.add(agentId);
    steps.push(...stepsFrom(agentId, graph, names, finishing).map((next) => ({ ...next, before: step })));
  }
  // Not through the agent itself: it waits for others that are stuck.
  return steps.slice(0, 1);
}

function stepsFrom(
  agentId: string,
  graph: WaitGraph,
  names: Map<string, string>,
  finishing: ReadonlySet<string>,
): Step[] {
  return (graph.get(agentId) ?? []).flatMap(({ target, by }) =>
    by
      .filter((each) => !finishing.has(each.agentId))
      .map((each) => ({
        wait: { agent: names.get(agentId) ?? agentId, waitsFor: target.value, of: each.agentName },
        by: each,
      })),
  );
}

function namesIn(graph: WaitGraph): Map<string, string> {
  const standing = [...graph.values()].flat().flatMap((wait) => wait.by);
  return new Map(standing.map((each) => [each.agentId, each.agentName]));
}

function trailOf(last: Step): Step[] {
  const trail: Step[] = [];
  for (let step: Step | undefined = last; step !== undefined; step = step.before) trail.unshift(step);
  return trail;
}
