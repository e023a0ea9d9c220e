import { keepBlob } from '../blob/index.js';
import { findAgent } from '../agent/index.js';
import { appendEvent } from '../event/index.js';
import { locksOverlapping } from '../lock/index.js';
import { contentHash } from '../read/index.js';
import { defined, type Transaction } from '../store/index.js';
import { closeCall, newestWrite, openCall, openCallsOn, type OpenCall } from '../write/index.js';
import { contentOf, stampOf, type Content } from './content.js';
import { NOTHING, type Answer, type Guard, type Step } from './guard.js';
import { judge, type Verdict, type WriteKind } from './judge.js';
import type { LineChanges } from './line-changes.js';
import { lockedRefusal } from './locked.js';
import { byOther, changesIn, haveSeen, pictureOf, type Picture, type Place } from './look.js';
import { contentAfter, placesOfEdits, type TextEdit } from './place-of-edit.js';
import { busyRefusal, changedRefusal, closeRefusal, toldChange, unseenRefusal } from './refusal.js';
import { settleCall } from './settle.js';
import { targetOf } from './target.js';
import { isLive, whoWrote } from './who.js';

/** A tool call that is going to write one file. */
export interface WriteIntent {
  /** The client's id of the call. */
  callId: string;
  /** As the tool names it: absolute, or relative to where the client works. */
  path: string;
  kind: WriteKind;
  /** What a whole-file write will leave behind. */
  content?: Buffer;
  /** What it replaces, and by what. */
  edits?: TextEdit[];
}

const PATIENCE_MS = 1_500;
const LOOK_AGAIN_MS = 25;

/** Lets a write pass, or refuses it; what passes is accounted for at the agent's next step. */
export async function beforeWrite(guard: Guard, step: Step, intent: WriteIntent): Promise<Answer> {
  const target = targetOf(guard.commonDir, step.cwd, intent.path);
  if (target.where === 'outside') return NOTHING;
  if (target.where === 'git')
    return {
      refused: true,
      reason: `callsheet: not written. ${intent.path.slice(0, 300)} belongs to git itself, or to the sheet.`,
    };
  for (let looks = 1; ; looks += 1) {
    const question = {
      guard,
      step,
      intent,
      target,
      content: contentOf(target.file),
      isLast: looks * LOOK_AGAIN_MS > (guard.patienceMs ?? PATIENCE_MS),
    };
    const answer = await guard.store.transaction((tx) => decide({ ...question, tx }));
    if (answer !== 'again') return answer;
    await new Promise<void>((resolve) => void guard.store.clock.after(LOOK_AGAIN_MS, resolve));
  }
}

interface Question {
  guard: Guard;
  tx: Transaction;
  step: Step;
  intent: WriteIntent;
  target: Place & { file: string };
  content: Content;
  /** Whoever is still in the way now has it refused. */
  isLast: boolean;
}

async function decide(question: Question): Promise<Answer | 'again'> {
  const { tx, intent, target, content, isLast } = question;
  // Read before the transaction began: whoever wrote in between has settled it in one of their own.
  if (stampOf(target.file) !== content.stamp) return 'again';
  const busy = await inTheWay(question);
  if (busy !== undefined) {
    if (!isLast) return 'again';
    return refuse(
      question,
      'busy',
      busyRefusal(target.path, (await findAgent(tx, busy.agentId))?.name ?? 'Another agent'),
    );
  }
  const locked = await lockedBy(question);
  if (locked !== undefined) return refuse(question, 'locked', locked);
  const picture = await pictureOf(question.guard, tx, question.step.agent.id, target);
  const changes = hasChanged(picture, content) ? changesIn(picture, content) : undefined;
  const verdict = judge(
    defined({
      kind: intent.kind,
      current: content,
      seen: picture.seen === undefined ? undefined : defined({ ...picture.seen, bytes: picture.bytes }),
      byOther: byOther(picture.since, question.step.agent.id) !== undefined,
      changes,
      places:
        intent.edits === undefined || content.bytes === undefined
          ? undefined
          : placesOfEdits(content.bytes, intent.edits),
    }),
  );
  return verdict.pass
    ? pass(question, picture, changes, verdict.tell)
    : refused(question, picture, changes, verdict);
}

function hasChanged({ seen }: Picture, content: Content): boolean {
  return seen !== undefined && seen.hash !== content.hash;
}

/** The call of another agent that may write this file at any moment and would meet this one. */
async function inTheWay({
  guard,
  tx,
  step,
  intent,
  target,
  content,
}: Question): Promise<OpenCall | undefined> {
  for (const call of await openCallsOn(tx, target.checkout, target.path)) {
    if (call.agentId === step.agent.id) continue;
    const agent = await findAgent(tx, call.agentId);
    if (call.before !== content.hash) await settleCall(guard, tx, call, { ...target, content });
    else if (agent === undefined || !(await isLive(tx, agent))) await closeCall(tx, call);
    // Two edits name what they replace: whichever comes later finds the other's text in its place, or fails.
    else if (call.kind === 'whole' || intent.kind !== 'edit') return call;
  }
  return undefined;
}

async function lockedBy({ tx, step, target }: Question): Promise<string | undefined> {
  const exceptAgent = step.agent.parentId ?? step.agent.id;
  const filter = { exceptAgent, byHandOnly: true, nowMs: tx.now };
  const [holder] = await locksOverlapping(tx, [target.path], filter);
  return holder === undefined || holder.lock.agentId === step.agent.id
    ? undefined
    : lockedRefusal(target.path, holder, tx.now);
}

async function pass(
  { guard, tx, step, intent, target, content }: Question,
  picture: Picture,
  changes: LineChanges | undefined,
  tell: boolean,
): Promise<Answer> {
  const { agent } = step;
  const { checkout, path } = target;
  const after = expectedAfter(intent, content);
  const expected = after === undefined ? undefined : contentHash(after, '');
  for (const [hash, bytes] of [
    [content.hash, content.bytes],
    [expected, after],
  ] as const)
    if (hash !== undefined && hash !== '' && bytes !== undefined) keepBlob(guard.sheetFolder, hash, bytes);
  await openCall(tx, {
    agentId: agent.id,
    callId: intent.callId,
    kind: intent.kind === 'edit' ? 'edit' : 'whole',
    checkout,
    path,
    before: content.hash,
    ...defined({ expected }),
    writeSeq: await newestWrite(tx),
  });
  if (!tell) return NOTHING;
  const whole = picture.seen?.whole === true && changes?.isWhole === true;
  const last = picture.since.at(-1);
  await haveSeen(guard, tx, agent.id, target, { content, whole });
  const who = last === undefined ? 'by nobody who is registered' : await whoWrote(tx, last, tx.now);
  return { refused: false, tell: toldChange(path, who, changes) };
}

function expectedAfter(intent: WriteIntent, content: Content): Buffer | undefined {
  if (intent.content !== undefined) return intent.content;
  if (intent.edits === undefined || content.bytes === undefined) return undefined;
  return contentAfter(content.bytes, intent.edits, intent.kind === 'everywhere');
}

/** A refusal shows what was missing, so it counts as seen. */
async function refused(
  question: Question,
  picture: Picture,
  changes: LineChanges | undefined,
  { why }: Verdict & { pass: false },
): Promise<Answer> {
  const { guard, tx, step, target, content } = question;
  const isTold = why === 'unseen' || why === 'partly-seen';
  const whole = isTold || (picture.seen?.whole === true && changes?.isWhole === true);
  await haveSeen(guard, tx, step.agent.id, target, { content, whole });
  if (isTold) return refuse(question, why, unseenRefusal(target.path, content, why === 'partly-seen'));
  const last = byOther(picture.since, step.agent.id) ?? picture.since.at(-1);
  const who =
    last === undefined
      ? 'somebody who is not registered (an editor, a formatter) wrote it'
      : await whoWrote(tx, last, tx.now);
  const text = why === 'close' ? closeRefusal : changedRefusal;
  return refuse(question, why, text(target.path, who, changes));
}

async function refuse({ tx, step, target }: Question, why: string, reason: string): Promise<Answer> {
  await appendEvent(tx, {
    type: 'file.refused',
    agentId: step.agent.id,
    data: { paths: [target.path], checkout: target.checkout, why },
  });
  return { refused: true, reason };
}
