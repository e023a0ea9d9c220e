import { defined, type Reader } from '../store/index.js';
import { findBlockages, type Blockage } from './blockage.js';
import { MOST_NAMED, targetsOfLock, type Holder, type Lock, type LockAnswer } from './lock.js';
import type { Standing } from './row.js';
import { storedLock } from './write.js';

/** Who stands in the way, each once, holders before those who wait in front. */
export async function holdersIn(reader: Reader, blockages: Blockage[]): Promise<Holder[]> {
  const first = new Map<string, Standing>();
  for (const each of blockages.flatMap((blockage) => blockage.by)) {
    if (!first.has(each.lockId)) first.set(each.lockId, each);
  }
  const inOrder = [...first.values()].sort((a, b) => rank(a) - rank(b) || a.seq - b.seq);
  return Promise.all(inOrder.slice(0, MOST_NAMED).map((each) => toHolder(reader, each)));
}

function rank(each: Standing): number {
  return each.state === 'held' ? 0 : 1;
}

export async function toHolder(reader: Reader, each: Standing): Promise<Holder> {
  const lock = await storedLock(reader, each.lockId);
  return defined({
    lock,
    agentName: each.agentName,
    target: each.target.value,
    since: lock.grantedAt ?? lock.createdAt,
    until: lock.expiresAt,
    taskId: lock.taskId,
  });
}

/** The answer to one whose request stands in the queue: who is in front, and how many places. */
export async function answerWaiting(reader: Reader, queued: Lock): Promise<LockAnswer> {
  const blockages = await findBlockages(reader, {
    agentId: queued.agentId,
    targets: targetsOfLock(queued),
    seq: queued.seq,
  });
  const waiting = blockages.flatMap(({ by }) => by).filter((each) => each.state === 'queued');
  const position = new Set(waiting.map((each) => each.lockId)).size + 1;
  return { granted: false, heldBy: await holdersIn(reader, blockages), queued, position };
}
