import { findSeen, recordSeen, type Seen } from '../read/index.js';
import type { Reader, Transaction } from '../store/index.js';
import { openCallsOf, type OpenCall } from '../write/index.js';
import { stampOf, type Content } from './content.js';
import type { Guard } from './guard.js';
import { haveSeen, type Place } from './look.js';

/** What an agent knows of the file that its command has brought to another place; nothing where it has not seen it. */
export interface Source {
  seen: Seen | undefined;
}

/**
 * The file that stood elsewhere before a command: one that it names too, and that has gone. Undefined where the command
 * has made the file of what its agent knows.
 */
export async function sourceOf(
  reader: Reader,
  call: OpenCall | undefined,
  { hash }: Content,
): Promise<Source | undefined> {
  if (call === undefined || hash === '') return undefined;
  const { agentId, checkout, path } = call;
  const gone = (await openCallsOf(reader, agentId)).filter(
    (each) => isNamed(each) && each.checkout === checkout && each.path !== path && isGone(each),
  );
  const moved = gone.find(({ before }) => before === hash);
  if (moved !== undefined) return { seen: await findSeen(reader, { agentId, checkout }, moved.path) };
  if (call.before !== '' || call.kind === 'shell-text') return undefined;
  // It may have been moved, and changed there.
  for (const each of gone) {
    const seen = await findSeen(reader, { agentId, checkout }, each.path);
    if (seen?.whole !== true || !isKnown(seen, each.before)) return { seen: undefined };
  }
  return undefined;
}

/** From now on an agent knows of a file what it knew of its source. */
export async function knowAsSource(
  guard: Guard,
  tx: Transaction,
  agentId: string,
  place: Place,
  { content, seen }: Source & { content: Content },
): Promise<void> {
  if (seen === undefined) return;
  const { whole, writeSeq } = seen;
  const { checkout, path } = place;
  if (isKnown(seen, content.hash)) await haveSeen(guard, tx, agentId, place, { content, whole });
  else await recordSeen(tx, { agentId, checkout }, { path, hash: seen.hash, whole, writeSeq });
}

function isNamed({ kind, path }: OpenCall): boolean {
  return path !== '' && (kind === 'shell' || kind === 'shell-text');
}

function isGone({ checkout, path, before }: OpenCall): boolean {
  return before !== '' && stampOf(`${checkout}/${path}`) === '';
}

/** Whether it was seen as it was, or already as gone: that counts as seen only to whoever knew it. */
function isKnown(seen: Seen, hash: string): boolean {
  return seen.hash === hash || seen.hash === '';
}
