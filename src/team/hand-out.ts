import { noteIdle, type Agent } from '../agent/index.js';
import { leaveNotice, noteDelivered, openNotices } from '../notice/index.js';
import type { Store, Transaction } from '../store/index.js';
import { claimNextTask, findTasks, HAND_LEASE_MS, nextOffer, type Task } from '../task/index.js';
import { givenTask, howToEnd } from './task-text.js';

/** Whether a session is one of a team: when it has nothing to do it waits, and is woken. */
export function isOfTeam({ role, follows, parentId }: Agent): boolean {
  return parentId === undefined && (role === 'supervisor' || follows === true);
}

/**
 * What a session of a team is to do next, now that its turn is about to end; undefined lets it end, and it is idle from
 * then on. A worker that holds nothing is given the next task that fits, claimed for it; one that has not said how its
 * task stands is reminded once.
 */
export async function afterTurn(store: Store, agent: Agent): Promise<string | undefined> {
  if (!isOfTeam(agent)) return undefined;
  return store.transaction(async (tx) => {
    const next = await nextFor(tx, agent);
    if (next === undefined) await noteIdle(tx, agent.id, tx.now);
    return next;
  });
}

async function nextFor(tx: Transaction, agent: Agent): Promise<string | undefined> {
  const held = await findTasks(tx, { claimedBy: agent.id });
  const open = held.find(({ state }) => state === 'running');
  if (open !== undefined) return agent.follows === true ? remind(tx, agent, open) : undefined;
  return held.length === 0 ? handOut(tx, agent) : undefined;
}

/** The next task that fits a worker, claimed for it, as text. */
export async function handOut(tx: Transaction, agent: Agent): Promise<string | undefined> {
  if (agent.follows !== true || agent.runId !== undefined) return undefined;
  // A claim that finds nothing would be a write all the same.
  const offer = await nextOffer(tx, agent, tx.now);
  if (offer === undefined || offer > tx.now) return undefined;
  const granted = await claimNextTask(tx, agent, HAND_LEASE_MS);
  return granted === undefined ? undefined : givenTask(tx, granted.task, agent.id);
}

/** Whoever ends a turn may have forgotten to say so, or waits for something: asked twice it would never end. */
async function remind(tx: Transaction, { id }: Agent, task: Task): Promise<string | undefined> {
  const text = `callsheet: you still hold ${task.id} (attempt ${task.attempt}) and have not said how it stands.\n${howToEnd(task)}\nIf you wait for something else, end your turn.`;
  await leaveNotice(tx, id, { topic: `unfinished:${task.id}:${task.attempt}`, text });
  const notices = (await openNotices(tx, id)).filter((each) => each.text === text);
  await noteDelivered(tx, notices);
  return notices.length === 0 ? undefined : text;
}
