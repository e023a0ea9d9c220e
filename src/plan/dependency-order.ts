/** What each task waits for. Ids that are no key are taken as done. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

interface Step {
  id: string;
  next: number;
}

/**
 * Dependencies first, otherwise in the order given; or the first cycle found, as `[a, b, a]`. Walks with a list of
 * its own: a chain of 100 000 tasks would overflow the call stack.
 */
export function dependencyOrder(after: Dependencies): { order: string[] } | { cycle: string[] } {
  const order: string[] = [];
  const seen = new Map<string, 'open' | 'done'>();
  for (const start of after.keys()) {
    if (seen.has(start)) continue;
    const steps: Step[] = [{ id: start, next: 0 }];
    seen.set(start, 'open');
    for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
      const needed = after.get(step.id)?.[step.next];
      step.next += 1;
      if (needed === undefined) {
        seen.set(step.id, 'done');
        order.push(step.id);
        steps.pop();
      } else if (seen.get(needed) === 'open') return { cycle: cycleTo(needed, steps) };
      else if (!seen.has(needed) && after.has(needed)) {
        seen.set(needed, 'open');
        steps.push({ id: needed, next: 0 });
      }
    }
  }
  return { order };
}

function cycleTo(id: string, steps: Step[]): string[] {
  const ids = steps.map((step) => step.id);
  return [...ids.slice(ids.indexOf(id)), id];
}

/**
 * The first cycle among dependencies, closed: `[a, b, a]` when a waits for b and b for a.
 * @returns Undefined when there is none.
 */
export function findCycle(after: Dependencies): string[] | undefined {
  const walked = dependencyOrder(after);
  return 'cycle' in walked ? walked.cycle : undefined;
}

/** Which tasks wait for which, directly or through others. */
export interface Reach {
  waitsFor(task: string, other: string): boolean;
  /** The place of a task in the order, to ask often: looking ids up four million times takes a third of a second. */
  placeOf(id: string): number;
  /** True when one of the tasks at two places waits for the other. */
  areOrdered(place: number, other: number): boolean;
}

/**
 * Prepares {@link Reach} for all pairs: a row of bits per task, so 2 000 tasks take half a megabyte.
 * @param order Dependencies first, as by {@link dependencyOrder}.
 */
export function reachOf(order: readonly string[], after: Dependencies): Reach {
  const words = Math.ceil(order.length / 32);
  const bits = new Uint32Array(order.length * words);
  const places = new Map(order.map((id, place) => [id, place]));
  for (const [place, id] of order.entries()) {
    const row = bits.subarray(place * words, (place + 1) * words);
    for (const needed of after.get(id) ?? []) {
      const from = places.get(needed);
      if (from === undefined) continue;
      for (let word = 0; word < words; word += 1)
        row[word] = (row[word] ?? 0) | (bits[from * words + word] ?? 0);
      row[from >> 5] = (row[from >> 5] ?? 0) | (1 << (from & 31));
    }
  }
  const has = (place: number, other: number): boolean =>
    ((bits[place * words + (other >> 5)] ?? 0) & (1 << (other & 31))) !== 0;
  const placeOf = (id: string): number => places.get(id) ?? -1;
  return {
    placeOf,
    areOrdered: (place, other) => (place > other ? has(place, other) : has(other, place)),
    waitsFor: (task, other) => places.has(task) && places.has(other) && has(placeOf(task), placeOf(other)),
  };
}
