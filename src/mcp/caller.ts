import { CallsheetError } from '../error/index.js';
import { invoke, OPERATIONS, type Context, type RawInput } from '../operations/index.js';
import type { Answered, Caller } from './tool.js';

/** The claims that a server has handed to its session: the last one is what its writes are about. */
export class Claims {
  private readonly attempts = new Map<string, number>();

  given(id: string, attempt: number): void {
    this.attempts.delete(id);
    this.attempts.set(id, attempt);
  }

  over(id: string): void {
    this.attempts.delete(id);
  }

  /** With the attempt, so that a write which comes too late is told so. */
  of(id: unknown): { id: string; attempt?: string } {
    const named = typeof id === 'string' ? id : [...this.attempts.keys()].at(-1);
    if (named === undefined)
      throw new CallsheetError('CLAIM_MISSING', 'You hold no task. Nothing was written.', {
        hint: 'Take one with claim_task, or name the task that you hold: id.',
      });
    const attempt = this.attempts.get(named);
    return attempt === undefined ? { id: named } : { id: named, attempt: String(attempt) };
  }

  ids(): string[] {
    return [...this.attempts.keys()];
  }
}

/** Does operations as the session that a context is of. */
export function callerOf(context: Context, claims: Claims): Caller {
  return {
    role: context.actor.role === 'supervisor' ? 'lead' : 'worker',
    claim: (id) => claims.of(id),
    call: (name, raw) => callOperation(context, claims, name, raw),
  };
}

async function callOperation(
  context: Context,
  claims: Claims,
  name: string,
  raw: RawInput,
): Promise<Answered> {
  const operation = OPERATIONS.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`There is no operation ${name}.`);
  try {
    const output = (await invoke(operation, context, raw)) as Record<string, unknown>;
    noteClaim(claims, name, output);
    return { output, shown: operation.show(output as never) };
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'LEASE_LOST' && typeof raw['id'] === 'string')
      claims.over(raw['id']);
    throw error;
  }
}

const ENDS_CLAIM = ['task.complete', 'task.fail', 'task.release'];

function noteClaim(claims: Claims, name: string, { id, attempt }: Record<string, unknown>): void {
  if (typeof id !== 'string') return;
  if (name === 'task.claim' && typeof attempt === 'number') claims.given(id, attempt);
  if (ENDS_CLAIM.includes(name)) claims.over(id);
}
