/** What the whole sheet is for, and how it is gone about, at one time. A revision is never edited. */
export interface GoalRevision {
  /** From 1. */
  number: number;
  goal?: string;
  approach?: string;
  /** Why it was changed. */
  reason: string;
  /** The agent. */
  by?: string;
  createdAt: number;
}

/** What is to be changed: what is left out stays. */
export interface NewGoal {
  goal?: string;
  approach?: string;
  reason?: string;
  by?: string;
}

export const LONGEST_GOAL = 4_000;
export const LONGEST_REASON = 1_000;
