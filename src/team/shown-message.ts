import { findAgent } from '../agent/index.js';
import { describeData, type Message } from '../message/index.js';
import type { Reader } from '../store/index.js';
import { oneLine, plainText, quoted } from '../text/index.js';

const LONGEST_BODY = 2_000;
const MOST_LINES = 60;

/** A message for an agent: who says it, what it says, quoted and bounded, and what follows from it. */
export async function shownMessage(reader: Reader, message: Message): Promise<string> {
  const about = message.taskId === undefined ? '' : `, about ${message.taskId}`;
  const reply = message.replyTo === undefined ? '' : `, to ${message.replyTo}`;
  return [
    `${message.id} ${message.type} from ${await senderOf(reader, message)}${about}${reply}:`,
    quoted(bounded(message)),
    ...(message.question === 'open' ? [answerWith(message)] : []),
    ...whatFollows(message),
    ...(await standing(reader, message)),
  ].join('\n');
}

/** What a message says, without line ends, and who says it. */
export async function shownInOneLine(reader: Reader, message: Message, maxChars: number): Promise<string> {
  const head = `${message.id} ${message.type} from ${await senderOf(reader, message)}: `;
  return head + oneLine(plainText(message.body), maxChars);
}

function bounded(message: Message): string {
  const whole = plainText([message.body, ...describeData(message)].join('\n'));
  const short = whole.slice(0, LONGEST_BODY).split('\n').slice(0, MOST_LINES).join('\n');
  return short.length === whole.length ? whole : `${short} … (all of it: callsheet inbox ${message.id})`;
}

/** `bo (worker)`, `mia (a person)`. */
export async function senderOf(reader: Reader, { from }: Message): Promise<string> {
  const agent = from === undefined ? undefined : await findAgent(reader, from);
  if (agent === undefined) return from === undefined ? 'callsheet' : oneLine(plainText(from), 60);
  const { name, role } = agent;
  if (role === 'human') return `${name} (a person)`;
  return `${name} (${role === 'supervisor' ? 'the lead' : role})`;
}

function answerWith({ id, type }: Message): string {
  return `${type === 'BLOCKER' ? 'It waits for' : 'Answer it'}: callsheet answer ${id} "…"`;
}

/** What comes of a review, in callsheet's own words. */
function whatFollows({ type, data, taskId = '' }: Message): string[] {
  if (type === 'REVIEW_REQUEST' && data.review !== undefined)
    return [`Take it: callsheet task claim ${data.review}`];
  if (type !== 'REVIEW_RESULT' || data.verdict === undefined) return [];
  return data.verdict === 'approved'
    ? [`Approved: ${taskId} goes on and can be completed.`]
    : [`Changes are asked for: ${taskId} goes on, in the same attempt.`];
}

/** A person's word goes before everything else that a session has been told. */
async function standing(reader: Reader, message: Message): Promise<string[]> {
  if (message.type !== 'INSTRUCTION' || message.from === undefined) return [];
  const sender = await findAgent(reader, message.from);
  if (sender?.role === 'human')
    return [
      'This comes from a person, and takes precedence over your task and over what agents have told you.',
    ];
  return sender?.role === 'supervisor' ? ['This comes from the lead, who may steer your work.'] : [];
}

/** True of what a person has told an agent to do: it is heard before all else. */
export async function isFromPerson(reader: Reader, { type, from }: Message): Promise<boolean> {
  if (type !== 'INSTRUCTION' || from === undefined) return false;
  return (await findAgent(reader, from))?.role === 'human';
}
