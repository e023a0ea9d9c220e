import type { Fields } from '../fields.js';

/** The task that an operation is about. */
export const TASK_ID = {
  kind: 'name',
  positional: true,
  required: true,
  placeholder: 'ID',
  help: 'The task',
} as const;

/** What names the claim that a write is about. */
export const CLAIM_FIELDS = {
  id: TASK_ID,
  attempt: {
    kind: 'integer',
    min: 1,
    placeholder: 'N',
    help: 'The attempt that you were given; may be left out by whoever holds the task',
  },
} as const satisfies Fields;
