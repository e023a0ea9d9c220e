import { randomFrom } from '../support/seeds.js';

/** Choices of one part of a simulation. */
export class Random {
  private readonly unit: () => number;

  constructor(seed: number) {
    this.unit = randomFrom(seed);
  }

  /** A stream of its own, so that one part's choices do not move another's. */
  fork(): Random {
    return new Random(Math.floor(this.unit() * 2 ** 31));
  }

  next(): number {
    return this.unit();
  }

  is(probability: number): boolean {
    return this.unit() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  from(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  one<T>(values: readonly T[]): T {
    const value = values[this.from(0, values.length - 1)];
    if (value === undefined) throw new Error('there is nothing to choose from');
    return value;
  }

  some<T>(values: readonly T[], probability: number): T[] {
    return values.filter(() => this.is(probability));
  }

  /** One of the names, each as likely as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    return entries.at(-1)![0];
  }
}
