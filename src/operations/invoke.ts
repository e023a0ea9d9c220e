import { noteSign, personNamed } from '../agent/index.js';
import { CallsheetError } from '../error/index.js';
import { HAND_LEASE_MS, renewClaimsOf } from '../task/index.js';
import { takeBackLapsed } from '../team/index.js';
import { checkInput, type RawInput } from './input/index.js';
import type { AnyOperation, Context, Narrower } from './operation.js';
import { loggingRefusals } from './refused.js';

/**
 * Checks rights and input, then does it. Any command is a sign of life, and renews what a person has claimed by hand.
 * What the actor has no right to is refused, and in the log.
 * @throws {CallsheetError} `NOT_ALLOWED`, those of {@link checkInput} and of the operation.
 */
export async function invoke(operation: AnyOperation, context: Context, raw: RawInput): Promise<unknown> {
  const { actor, sheet } = context;
  return loggingRefusals(
    sheet.store,
    operation.name,
    () => actor,
    () => perform(operation, context, raw),
  );
}

async function perform(operation: AnyOperation, context: Context, raw: RawInput): Promise<unknown> {
  const { name, rights, instead = 'Ask for it: callsheet send QUESTION --to lead "…"' } = operation;
  requireRight({ what: name.replaceAll('.', ' '), rights, instead }, context);
  const input = await checkInput(operation.input, raw, { cwd: context.cwd, root: context.sheet.root });
  const narrower = operation.narrower?.(input as never);
  if (narrower !== undefined) requireRight(narrower, context);
  await signOfLife(context);
  await takeBackLapsed(context.sheet.store);
  return operation.run(context, input as never);
}

function requireRight({ what, rights, instead }: Narrower, { actor }: Context): void {
  if (rights.includes(actor.role)) return;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${actor.name} is a ${actor.role} and may not use ${what}; that is for ${rights.join(' and ')}. Nothing was done.`,
    { hint: instead },
  );
}

async function signOfLife({ actor, sheet }: Context): Promise<void> {
  const { agentId } = actor;
  if (agentId === undefined) return;
  await sheet.store.transaction(async (tx) => {
    if (actor.role !== 'human') return noteSign(tx, agentId);
    await personNamed(tx, actor.name);
    await renewClaimsOf(tx, agentId, HAND_LEASE_MS);
  });
}
