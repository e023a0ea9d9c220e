import { fittingNotices, noteDelivered, openNotices } from '../notice/index.js';
import { isQuiet } from './policy.js';
import { noteTold, toldUpTo } from '../read/index.js';
import type { Transaction } from '../store/index.js';
import { changedByOthers, newestWrite } from '../write/index.js';
import { contentOf, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { changesIn, haveSeen, pictureOf, type Picture, type Place } from './look.js';
import { LONGEST_DIFF } from './line-changes.js';
import { shownPath, toldChange } from './refusal.js';
import { accountFor } from './sweep.js';
import { whoWrote } from './who.js';

const LONGEST_OF_ONE = 2_000;
/** What a step is told of notices beside much that has changed, in characters; with nothing changed four times that. */
const LEAST_OF_NOTICES = 1_500;
const MOST_NAMED = 20;

/**
 * What others have changed of what an agent has seen, newest state only, each change once; then what was left for it.
 * Of more changes than fit into one step the rest is named, and has to be read; of more notices the rest comes with the next.
 */
export async function newsFor(guard: Guard, { agent }: Step): Promise<string[]> {
  const { store } = guard;
  const open = await openNotices(store, agent.id);
  const premises = await newPremises(guard, agent.id);
  if (open.length === 0) return premises;
  const room = Math.max(LEAST_OF_NOTICES, LONGEST_DIFF - premises.join('').length);
  return store.transaction(async (tx) => {
    const notices = fittingNotices(await openNotices(tx, agent.id), room);
    await noteDelivered(tx, notices);
    return [...premises, ...notices.map(({ text }) => text)];
  });
}

/** Only what has changed of what an agent has seen. */
export async function newPremises(guard: Guard, agentId: string): Promise<string[]> {
  const { store } = guard;
  if ((await newestWrite(store)) === (await toldUpTo(store, agentId))) return [];
  const quiet = await quietPlaces(guard, agentId);
  return store.transaction(async (tx) => {
    const [upTo, newest] = [await toldUpTo(tx, agentId), await newestWrite(tx)];
    const places = (await changedByOthers(tx, agentId, upTo)).filter((place) => !quiet.has(keyOf(place)));
    const premises = await stalePremises(guard, tx, agentId, places);
    await noteTold(tx, agentId, newest);
    return premises;
  });
}

/** Where the policy is to say nothing. */
async function quietPlaces(guard: Guard, agentId: string): Promise<Set<string>> {
  const { store } = guard;
  const quiet = new Set<string>();
  for (const place of await changedByOthers(store, agentId, await toldUpTo(store, agentId)))
    if (await isQuiet(guard, place)) quiet.add(keyOf(place));
  return quiet;
}

function keyOf({ checkout, path }: Place): string {
  return `${checkout}\0${path}`;
}

async function stalePremises(
  guard: Guard,
  tx: Transaction,
  agentId: string,
  places: readonly Place[],
): Promise<string[]> {
  const told: string[] = [];
  const rest: string[] = [];
  let room = LONGEST_DIFF;
  for (const place of places) {
    const content = contentOf(`${place.checkout}/${place.path}`);
    await accountFor(guard, tx, place, content);
    const picture = await pictureOf(guard, tx, agentId, place);
    const text = await premise(guard, tx, agentId, { place, content, picture, room });
    if (text === undefined) continue;
    if (text === 'no room') {
      rest.push(shownPath(place.path));
      continue;
    }
    told.push(text);
    room -= text.length;
  }
  if (rest.length > 0) {
    const named = rest.slice(0, MOST_NAMED).join(', ') + (rest.length > MOST_NAMED ? ', …' : '');
    told.push(
      `callsheet: ${rest.length} more files that you have seen have changed: ${named}. Read them again before you rely on them.`,
    );
  }
  return told;
}

interface Change {
  place: Place;
  content: Content;
  picture: Picture;
  room: number;
}

async function premise(
  guard: Guard,
  tx: Transaction,
  agentId: string,
  { place, content, picture, room }: Change,
): Promise<string | undefined> {
  const { seen } = picture;
  if (seen === undefined) return undefined;
  const last = picture.since.findLast((write) => write.agentId !== agentId);
  if (seen.hash === content.hash) {
    await haveSeen(guard, tx, agentId, place, { content, whole: seen.whole });
    return undefined;
  }
  if (last === undefined) return undefined;
  // What is not shown is not seen: where it matters, at a write, it is shown then.
  if (room <= 0) return 'no room';
  const who = await whoWrote(tx, last, tx.now, agentId);
  if (content.hash === '') {
    await haveSeen(guard, tx, agentId, place, { content, whole: true });
    return `callsheet: ${shownPath(place.path)}, which you have seen, is gone: ${who.replace(' wrote it ', ' removed it ')}.`;
  }
  const changes = changesIn(picture, content, Math.min(room, LONGEST_OF_ONE));
  if (changes?.isWhole === true) await haveSeen(guard, tx, agentId, place, { content, whole: seen.whole });
  return toldChange(place.path, who, changes);
}
