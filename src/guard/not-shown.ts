import { readBlob } from '../blob/index.js';
import { confirmSeen, findUnconfirmed, takeBackSeen, type SeenBefore } from '../read/index.js';
import type { Guard, Step } from './guard.js';
import type { Ended } from './settle.js';

type Shown = 'whole' | 'part' | 'nothing';

/**
 * What a client says it has not shown, or shown only in part, does not count as seen. Where a step was stopped, nobody
 * knows what the model still got of its reads: they count in part.
 */
export async function takeBack(guard: Guard, { agent }: Step, ended: Ended): Promise<void> {
  const calls = await findUnconfirmed(guard.store, agent.id);
  const known = calls.flatMap((call) => {
    const shown = shownBy(guard, call, ended);
    return shown === undefined ? [] : [{ call, shown }];
  });
  if (known.length === 0) return;
  await guard.store.transaction(async (tx) => {
    for (const { call, shown } of known)
      if (shown === 'whole') await confirmSeen(tx, call);
      else await takeBackSeen(tx, call, shown === 'part');
  });
}

/** Undefined where the call may still be under way. */
function shownBy(guard: Guard, call: SeenBefore, ended: Ended): Shown | undefined {
  const { callId, told, results, shownTo } = ended;
  if (results?.get(call.callId) === 'failed') return 'nothing';
  const line = shownTo?.get(call.callId);
  if (line !== undefined && line < lastLineOf(guard, call)) return 'part';
  if (told !== undefined) return told.has(call.callId) ? 'whole' : 'part';
  return callId === undefined || callId === call.callId ? 'whole' : undefined;
}

function lastLineOf({ sheetFolder }: Guard, { shown }: SeenBefore): number {
  const lines = readBlob(sheetFolder, shown)?.toString('utf8').split('\n') ?? [];
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}
