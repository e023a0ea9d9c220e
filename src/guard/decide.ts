import { findAgent } from '../agent/index.js';
import { keepBlob, LARGEST_BLOB_BYTES } from '../blob/index.js';
import type { Policy } from '../config/index.js';
import { appendEvent } from '../event/index.js';
import { contentHash } from '../read/index.js';
import { defined, type Transaction } from '../store/index.js';
import { closeCall, newestWrite, openCall, openCallsOn, type OpenCall } from '../write/index.js';
import type { WriteIntent } from './before-write.js';
import { LOOK_AGAIN, type Content } from './content.js';
import { NOTHING, type Answer, type Guard, type Step } from './guard.js';
import { judge, type Verdict } from './judge.js';
import type { LineChanges } from './line-changes.js';
import { isLead, leadMayNotWrite } from './lead.js';
import { isLeftOpen } from './left-open.js';
import { lockedByHand, lockWhileAtWork, type LockOutcome } from './locked.js';
import { byOther, changesIn, haveSeen, pictureOf, type Picture, type Place } from './look.js';
import { notYours } from './not-yours.js';
import { contentAfter, placesOfEdits } from './place-of-edit.js';
import {
  busyRefusal,
  changedRefusal,
  closeRefusal,
  partRefusal,
  toldChange,
  unseenCellRefusal,
  unseenRefusal,
} from './refusal.js';
import type { Saved, Unsaved } from './save-work.js';
import { hasWritten, settleCall, settleOwn } from './settle.js';
import { accountFor, isTool } from './sweep.js';
import { isLive, whoWrote } from './who.js';

/** May this be written now? */
export interface Question {
  guard: Guard;
  tx: Transaction;
  step: Step;
  intent: WriteIntent;
  target: Place & { file: string };
  policy: Policy;
  /** What is there, in this transaction. */
  content: Content;
  /** Whoever is still in the way now has it refused. */
  isLast: boolean;
  /** What has been saved so that it could go to this one. */
  saved: readonly Saved[];
}

/** These are to be saved, and it is to be asked again: locks on them are about to go to others. */
export interface SaveFirst {
  save: readonly Unsaved[];
}

/** Why not, and in which words. */
interface Objection {
  why: string;
  text: string;
}

/** Whether a write may be made, in the transaction that notes that it is under way: two cannot pass each other unseen. */
export async function decide(question: Question): Promise<Answer | SaveFirst | 'again'> {
  const { target, content, policy, isLast } = question;
  // It is being written at this moment.
  if (content.stamp === LOOK_AGAIN && !isLast) return 'again';
  await settleOwn(question.guard, question.tx, question.step.agent.id, { ...target, content });
  await accountFor(question.guard, question.tx, target, content);
  if (await isLead(question.tx, question.step.agent))
    return refuse(question, { why: 'lead', text: leadMayNotWrite(target.path) });
  if (policy === 'cowboy') return letPass(question, undefined);
  const foreign = await notYours(question.tx, holderOf(question.step), target);
  if (foreign !== undefined) return refuse(question, { why: 'not-yours', text: foreign });
  const held = await heldBack(question);
  if (held !== undefined) return held;
  const picture = await pictureOf(question.guard, question.tx, question.step.agent.id, target);
  const hasChanged = picture.seen !== undefined && picture.seen.hash !== content.hash;
  const changes = hasChanged ? changesIn(picture, content) : undefined;
  const verdict = judged(question, picture, changes);
  if (!verdict.pass) return answerTo(question, await objectionOf(question, picture, changes, verdict));
  return letPass(question, verdict.tell ? await toldAlong(question, picture, changes) : undefined);
}

/** What others have to do with the file at this moment: a call of theirs that is under way, or a lock. */
async function heldBack(question: Question): Promise<Answer | SaveFirst | 'again' | undefined> {
  const inTheWay = await busy(question);
  if (inTheWay !== undefined) return question.isLast ? answerTo(question, inTheWay) : 'again';
  const { save, refused } = await locked(question);
  if (save !== undefined) return { save };
  return refused === undefined ? undefined : answerTo(question, { why: 'locked', text: refused });
}

/** With the policy `warn` an objection is said, and nothing is held back. */
async function answerTo(question: Question, { why, text }: Objection): Promise<Answer> {
  if (question.policy === 'warn') return letPass(question, text.replace(': not written.', ': take care.'));
  return refuse(question, { why, text });
}

async function refuse({ tx, step, target }: Question, { why, text }: Objection): Promise<Answer> {
  await appendEvent(tx, {
    type: 'file.refused',
    agentId: step.agent.id,
    data: { paths: [target.path], checkout: target.checkout, why },
  });
  return { refused: true, reason: text };
}

/** The call of another agent that may write this file at any moment and would meet this one. */
async function busy({
  guard,
  tx,
  step,
  intent,
  target,
  content,
  isLast,
}: Question): Promise<Objection | undefined> {
  for (const call of await openCallsOn(tx, target.checkout, target.path)) {
    if (call.agentId === step.agent.id) continue;
    const agent = await findAgent(tx, call.agentId);
    if (await hasWritten(guard, tx, call, content)) await settleCall(guard, tx, call, { ...target, content });
    else if (agent === undefined || !(await isLive(tx, agent))) await closeCall(tx, call);
    else if (!isLeftOpen(call, agent, tx.now) && wouldMeet(call, intent, isLast))
      return { why: 'busy', text: busyRefusal(target.path, agent.name) };
  }
  return undefined;
}

/**
 * Two edits name what they replace: whichever comes later finds the other's text in its place, or fails. What a command
 * may write over an edit can be brought back, so an edit waits for one, but not for ever.
 */
function wouldMeet(call: OpenCall, intent: WriteIntent, isLast: boolean): boolean {
  return intent.kind !== 'edit' || call.kind === 'whole' || (!isTool(call) && !isLast);
}

async function locked({ tx, step, target, policy, saved }: Question): Promise<LockOutcome> {
  const holder = holderOf(step);
  const refused = await lockedByHand(tx, holder, target.path);
  if (refused !== undefined) return { refused };
  return policy === 'lock' ? lockWhileAtWork(tx, { agentId: holder, path: target.path, saved }) : {};
}

/** A subagent shares the claim and the locks of the agent it works for. */
function holderOf({ agent }: Step): string {
  return agent.parentId ?? agent.id;
}

function judged(
  { intent, content, step }: Question,
  picture: Picture,
  changes: LineChanges | undefined,
): Verdict {
  const { edits } = intent;
  const places =
    edits === undefined || content.bytes === undefined ? undefined : placesOfEdits(content.bytes, edits);
  const isSame = picture.seen?.hash === content.hash;
  const seen = picture.seen && defined({ ...picture.seen, bytes: isSame ? content.bytes : picture.bytes() });
  const isByOther = byOther(picture.since, step.agent.id) !== undefined;
  return judge(defined({ kind: intent.kind, current: content, seen, byOther: isByOther, changes, places }));
}

/** A refusal shows what was missing, so it counts as seen. */
async function objectionOf(
  { guard, tx, step, intent, target, content }: Question,
  picture: Picture,
  changes: LineChanges | undefined,
  { why }: Verdict & { pass: false },
): Promise<Objection> {
  const isTold = why === 'unseen' || why === 'partly-seen';
  const whole = isTold || (picture.seen?.whole === true && changes?.isWhole === true);
  await haveSeen(guard, tx, step.agent.id, target, { content, whole });
  const last = byOther(picture.since, step.agent.id) ?? picture.since.at(-1);
  const who = await whoWrote(tx, last, tx.now, step.agent.id);
  if (why === 'unseen')
    return {
      why,
      text:
        intent.kind === 'whole'
          ? unseenRefusal(target.path, content)
          : unseenCellRefusal(target.path, content, who),
    };
  if (why === 'partly-seen')
    return {
      why,
      text: partRefusal(
        target.path,
        content,
        picture.seen?.hash === content.hash ? undefined : { who, changes },
      ),
    };
  const text = why === 'close' ? closeRefusal : changedRefusal;
  return { why, text: text(target.path, who, changes) };
}

/** What has changed far from an edit: it goes along, and counts as seen. */
async function toldAlong(
  { guard, tx, step, target, content }: Question,
  picture: Picture,
  changes: LineChanges | undefined,
): Promise<string> {
  const whole = picture.seen?.whole === true && changes?.isWhole === true;
  const who = await whoWrote(tx, picture.since.at(-1), tx.now, step.agent.id);
  await haveSeen(guard, tx, step.agent.id, target, { content, whole });
  return toldChange(target.path, who, changes);
}

async function letPass(question: Question, tell: string | undefined): Promise<Answer> {
  const { guard, tx, step, intent, target, content } = question;
  keep(guard, content.hash, content.bytes);
  await openCall(tx, {
    ...{ agentId: step.agent.id, callId: intent.callId, checkout: target.checkout, path: target.path },
    kind: intent.kind === 'edit' ? 'edit' : 'whole',
    before: content.hash,
    ...planOf(guard, intent, content),
    writeSeq: await newestWrite(tx),
  });
  return tell === undefined ? NOTHING : { refused: false, tell };
}

function keep({ sheetFolder }: Guard, hash: string, bytes: Buffer | undefined): void {
  if (hash !== '' && bytes !== undefined) keepBlob(sheetFolder, hash, bytes);
}

/**
 * How it is noted what a call should leave behind. An edit is noted as it was asked for: what it makes of the file is
 * worked out when it is wanted, so that no hook waits for a hash before it. What is too large to be kept cannot be had then.
 */
function planOf(guard: Guard, intent: WriteIntent, { bytes }: Content): Pick<OpenCall, 'edits' | 'expected'> {
  const { content, edits, kind } = intent;
  const isKept = bytes !== undefined && bytes.length <= LARGEST_BLOB_BYTES;
  if (content === undefined && isKept) return defined({ edits });
  const after = content ?? (edits && bytes && contentAfter(bytes, edits, kind === 'everywhere'));
  if (after === undefined) return {};
  const expected = contentHash(after, '');
  keep(guard, expected, after);
  return { expected };
}
