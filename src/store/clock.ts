import { randomBytes } from 'node:crypto';

/** Where time comes from. Tests and simulations bring their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
}

/** Where chance comes from. Tests and simulations bring their own. */
export interface Chance {
  /** A number in [0, 1). */
  unit(): number;
  /** An unguessable secret, 32 hexadecimal characters. */
  token(): string;
}

export const systemClock: Clock = { now: () => Date.now() };

export const systemChance: Chance = {
  unit: () => Math.random(),
  token: () => randomBytes(16).toString('hex'),
};
