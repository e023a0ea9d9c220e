import { HUMANS, SUPERVISORS, type SendableType } from '../../message/index.js';
import type { Context } from '../operation.js';
import type { GivenData } from './data.js';
import { showMessage, type MessageDocument } from './document.js';

/** What is to be sent, by whom. */
export interface Sending {
  context: Context;
  /** The agent id of the sender. */
  from: string;
  input: SendInput;
}

/** What `send` was given. */
export interface SendInput extends GivenData {
  type: SendableType;
  body: string;
  to?: string;
  replyTo?: string;
  priority?: number;
  task?: string;
}

/** A message that was sent, and what that has done. */
export type Sent = MessageDocument & {
  /** The task that goes on because of it, and what carries its run on. */
  resumed?: string;
  resume?: string;
  /** The task that waits for the answer. */
  blocked?: string;
  /** The task that was opened again. */
  reopened?: string;
  /** The review that was asked for, or given. */
  review?: string;
  /** What the notes answered, or the question that a query was passed on as. */
  answer?: MessageDocument;
  passedOn?: MessageDocument;
};

export function showSent(sent: Sent): string {
  const { id, to, answer, passedOn } = sent;
  if (answer !== undefined) return showMessage(answer);
  if (passedOn !== undefined)
    return `The notes do not say. Asked ${inWords(passedOn.to)} as ${passedOn.id}; the answer reaches you at your next step, or with: callsheet inbox`;
  return [`Sent ${id} to ${to}.`, ...effectsOf(sent)].join(' ');
}

function effectsOf({ blocked, review, reopened, resumed, resume }: Sent): string[] {
  return [
    ...(reopened === undefined
      ? []
      : [
          `${reopened} is open again; whoever takes it up hears it${resume === undefined ? '.' : `, with: ${resume}`}`,
        ]),
    ...(review === undefined || resumed !== undefined ? [] : [`The review is ${review}.`]),
    ...(blocked === undefined
      ? []
      : [`${blocked} is blocked and stays yours; it goes on when somebody answers.`]),
    ...(resumed === undefined
      ? []
      : [`${resumed} goes on${resume === undefined ? '.' : ` with: ${resume}`}`]),
  ];
}

function inWords(recipients: string): string {
  return recipients
    .split(', ')
    .map((each) => WORDS[each] ?? each)
    .join(' and ');
}

const WORDS: Readonly<Record<string, string>> = { [SUPERVISORS]: 'the lead', [HUMANS]: 'a person' };
