import type { Clock } from '../../src/store/index.js';

interface Waiting {
  at: number;
  /** Among those of one moment, who asked first. */
  order: number;
  work: () => void;
  isCancelled: boolean;
}

/** Nothing waits for any moment, and what was waited for has not come: somebody was never woken. */
class Stuck extends Error {
  override readonly name = 'Stuck';
}

/** More steps, or more time, than any schedule that gets anywhere needs. */
class Livelock extends Error {
  override readonly name = 'Livelock';
}

export interface TimeLimits {
  steps: number;
  /** In virtual milliseconds from the start. */
  ms: number;
  /** Calls of the sheet in one moment. */
  callsAtOnce: number;
}

const LIMITS: TimeLimits = { callsAtOnce: 20_000, steps: 20_000, ms: 30 * 24 * 3_600_000 };

/**
 * Time that moves only when nothing else can happen: the next moment comes when every promise has said what it had to
 * say, and no work outside of it (a real git, say) is under way. What falls on one moment happens in the order in
 * which it was asked for, so a schedule is the same every time.
 */
export class VirtualTime implements Clock {
  private readonly heap: Waiting[] = [];
  private asked = 0;
  private underWay = 0;
  private current: number;
  private called = 0;
  private readonly limits: TimeLimits;
  steps = 0;

  constructor(
    readonly start = 1_800_000_000_000,
    limits: Partial<TimeLimits> = {},
  ) {
    this.current = start;
    this.limits = { ...LIMITS, ...limits };
  }

  now(): number {
    return this.current;
  }

  after(ms: number, work: () => void): () => void {
    const waiting: Waiting = {
      at: this.current + Math.max(0, Math.ceil(ms)),
      order: (this.asked += 1),
      work,
      isCancelled: false,
    };
    this.push(waiting);
    return () => {
      waiting.isCancelled = true;
    };
  }

  /**
   * Counts what is done in one moment: a circle of work that never waits would keep time from moving, and everything
   * else from being seen.
   */
  count(): void {
    this.called += 1;
    if (this.called > this.limits.callsAtOnce)
      throw new Livelock(`${this.called} calls of the sheet in one moment: somebody goes round in a circle`);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Holds time while something real goes on. */
  async whileReal<T>(work: Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await work;
    } finally {
      this.underWay -= 1;
    }
  }

  /** Lets time pass until a promise has settled. */
  async until<T>(goal: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    goal.then(settled, settled);
    for (;;) {
      await quiet();
      if (isSettled) return goal;
      if (this.underWay > 0) continue;
      const next = this.pop();
      if (next === undefined) throw new Stuck('nobody waits for any moment, and the end has not come');
      if (next.at > this.current) this.called = 0;
      this.current = Math.max(this.current, next.at);
      this.steps += 1;
      if (this.steps > this.limits.steps) throw new Livelock(`not at an end after ${this.steps} steps`);
      if (this.current - this.start > this.limits.ms)
        throw new Livelock(`not at an end after ${this.limits.ms} ms`);
      next.work();
    }
  }

  private push(waiting: Waiting): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(waiting);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent]!;
      if (!isBefore(waiting, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = waiting;
  }

  private pop(): Waiting | undefined {
    for (;;) {
      const first = this.takeFirst();
      if (first === undefined || !first.isCancelled) return first;
    }
  }

  private takeFirst(): Waiting | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** When every promise that can go on has gone on. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
