import { hasLocks } from '../lock/index.js';
import { noteRead } from './before-read.js';
import { NOTHING, type Answer, type Guard, type Step } from './guard.js';
import { endAtWork, endDone, keepInLine } from './locked.js';
import { takeBack } from './not-shown.js';
import { newPremises, newsFor } from './premises.js';
import { noteMentions } from './presence.js';
import { settle, type Ended } from './settle.js';
import { sweep } from './sweep.js';
import { targetOf } from './target.js';

const MOST_MENTIONS = 20;
const MENTION = /(?:^|\s)@("[^"\n]{1,500}"|[^\s"@]{1,500})/g;

/** A prompt begins a turn. A file that it names with `@` reaches the model without any tool. */
export async function onPrompt(guard: Guard, step: Step, prompt: string): Promise<Answer> {
  // The client's own word that something in the background has ended: it can come in the middle of a step.
  const isNotification = prompt.startsWith('<task-notification>');
  if (!isNotification) await takeBack(guard, step, { told: new Set() });
  await settle(guard, step, isNotification ? undefined : {});
  const named = isNotification ? [] : mentionsIn(prompt);
  for (const path of named) await noteRead(guard, step, path, false);
  await noteMentions(guard, step, named);
  return told(await newsFor(guard, step));
}

function mentionsIn(prompt: string): string[] {
  const found = [...prompt.matchAll(MENTION)].map(([, path = '']) => path.replace(/^"|"$|[.,;:!?)]+$/g, ''));
  return [...new Set(found)].filter((path) => path !== '').slice(0, MOST_MENTIONS);
}

/** The tool calls of a step have ended, or one of them, and the model is asked next. */
export async function afterTools(guard: Guard, step: Step, ended: Ended): Promise<Answer> {
  await takeBack(guard, step, ended);
  await settle(guard, step, ended);
  await ofOwnLocks(guard, step, async (holder) => {
    await endDone(guard, holder);
    await guard.store.transaction((tx) => keepInLine(tx, holder));
  });
  return told(await newsFor(guard, step));
}

/** A turn is about to end: it goes on when something that it relied on has changed unseen. */
export async function onStop(guard: Guard, step: Step, { again }: { again: boolean }): Promise<Answer> {
  await settle(guard, step, {});
  await ofOwnLocks(guard, step, (holder) => guard.store.transaction((tx) => endAtWork(tx, holder)));
  if (again) return NOTHING;
  const here = targetOf(guard.commonDir, step.cwd, '.callsheet-here');
  if (here.where === 'checkout') await sweep(guard, here.checkout);
  const premises = await newPremises(guard, step.agent.id);
  if (premises.length === 0) return NOTHING;
  const ask = 'Before you end: does what you did and said still hold? If it does, say so and end.';
  return { refused: true, reason: [...premises, ask].join('\n\n') };
}

/** Costs a question to the sheet; only who has asked for a lock writes. */
async function ofOwnLocks(
  { store }: Guard,
  { agent }: Step,
  work: (holder: string) => Promise<void>,
): Promise<void> {
  const holder = agent.parentId ?? agent.id;
  if (!(await hasLocks(store, holder))) return;
  await work(holder);
}

function told(news: readonly string[]): Answer {
  return news.length === 0 ? NOTHING : { refused: false, tell: news.join('\n\n') };
}
