import { readBlob } from '../blob/index.js';
import { seenBeforeCall, takeBackSeen, type SeenBefore } from '../read/index.js';
import type { Guard, Step } from './guard.js';
import type { Ended } from './settle.js';

/** What a client says it has not shown, or shown only in part, does not count as seen. */
export async function takeBack(guard: Guard, { agent }: Step, ended: Ended): Promise<void> {
  const notShown: { call: SeenBefore; isPart: boolean }[] = [];
  for (const [id, result] of ended.results ?? [])
    if (result === 'failed')
      for (const call of await seenBeforeCall(guard.store, agent.id, id))
        notShown.push({ call, isPart: false });
  for (const [id, line] of ended.shownTo ?? [])
    for (const call of await seenBeforeCall(guard.store, agent.id, id))
      if (line < lastLineOf(guard, call)) notShown.push({ call, isPart: true });
  if (notShown.length === 0) return;
  await guard.store.transaction(async (tx) => {
    for (const { call, isPart } of notShown) await takeBackSeen(tx, call, isPart);
  });
}

function lastLineOf({ sheetFolder }: Guard, { shown }: SeenBefore): number {
  const lines = readBlob(sheetFolder, shown)?.toString('utf8').split('\n') ?? [];
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}
