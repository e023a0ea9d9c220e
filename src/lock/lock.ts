import type { Target } from './target.js';

export const LOCK_STATES = ['held', 'queued', 'released', 'expired'] as const;
export type LockState = (typeof LOCK_STATES)[number];

/** Every legal move. The trigger `lock_moves` says the same in the sheet. */
export const LOCK_MOVES = {
  queued: ['held', 'released', 'expired'], // released: its waiter gave up; expired: its waiter vanished
  held: ['released', 'expired'],
  released: [],
  expired: [],
} as const satisfies Record<LockState, readonly LockState[]>;

export const DEFAULT_LOCK_MS = 10 * 60_000;
/**
 * How long a queued request, and a lock granted from the queue, stand without a word of their waiter: three
 * missed renewals of 20 s. Longer, and a waiter that vanished blocks those behind it.
 */
export const QUEUE_LEASE_MS = 60_000;

/** A reservation of paths and resources, held or asked for by one agent. */
export interface Lock {
  id: string;
  /** Order of the requests: first come, first served. */
  seq: number;
  state: LockState;
  agentId: string;
  /** The claim it was taken for; it ends with that. */
  taskId?: string;
  attempt?: number;
  runId?: string;
  reason?: string;
  /** Taken by a person or session itself, not by the engine: landing respects it too. */
  byHand: boolean;
  paths: string[];
  resources: string[];
  /** How long it holds from its grant or renewal. */
  ttlMs: number;
  createdAt: number;
  grantedAt?: number;
  /** When it runs out unless it is renewed: of a queued one, when it leaves the queue. */
  expiresAt: number;
  endedAt?: number;
}

/** One who stands in the way: who, by which of its targets, since when and until when. */
export interface Holder {
  lock: Lock;
  agentName: string;
  /** The path or resource of the holder that overlaps. */
  target: string;
  since: number;
  until: number;
  taskId?: string;
}

export type LockAnswer =
  | { granted: true; lock: Lock }
  /** `heldBy` names at most {@link MOST_NAMED}, holders first come first; a `queued` lock in it waits in front. */
  | { granted: false; heldBy: Holder[]; queued?: Lock; position?: number };

/** So many holders are named in a refusal; nobody reads more. */
export const MOST_NAMED = 20;

export function targetsOfLock(lock: Lock): Target[] {
  return [
    ...lock.paths.map((value) => ({ kind: 'path' as const, value })),
    ...lock.resources.map((value) => ({ kind: 'resource' as const, value })),
  ];
}
