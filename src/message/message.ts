/** What can be said. Each type carries the data that {@link MessageData} gives it. */
export const MESSAGE_TYPES = [
  'TASK_ASSIGN',
  'PROGRESS',
  'BLOCKER',
  'ARTIFACT',
  'QUERY',
  'CONFLICT',
  'REVIEW_REQUEST',
  'REVIEW_RESULT',
  'REPLAN',
  'CHECKPOINT',
  'QUESTION',
  'ANSWER',
  'INSTRUCTION',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What each type carries besides its text. */
export interface MessageData {
  TASK_ASSIGN: { title?: string };
  PROGRESS: { state?: string; summary?: string; percent?: number };
  BLOCKER: { options?: string[] };
  ARTIFACT: { note?: string; paths?: string[] };
  QUERY: { paths?: string[] };
  CONFLICT: { conflict: string; tasks: string[]; paths: string[] };
  REVIEW_REQUEST: { paths?: string[]; commit?: string; review?: string };
  REVIEW_RESULT: { verdict?: 'approved' | 'changes-requested'; findings?: string[] };
  REPLAN: { revision: number; reason?: string };
  CHECKPOINT: { checkpoint: string };
  QUESTION: { options?: string[] };
  ANSWER: { question?: string };
  INSTRUCTION: { paths?: string[] };
}

/**
 * An agent's id; everybody of a role: the first of them whom it is delivered to has it for all; or a task that nobody
 * holds, for whoever takes it up.
 */
export type Recipient = string;
export const HUMANS: Recipient = 'role:human';
export const SUPERVISORS: Recipient = 'role:supervisor';
/** The notes, which answer a QUERY. */
export const CONTEXT: Recipient = 'context';

export function holderOfTask(taskId: string): Recipient {
  return `task:${taskId}`;
}

export const QUESTION_STATES = ['open', 'answered', 'withdrawn'] as const;
/** `withdrawn`: what was asked about went on or ended without an answer. */
export type QuestionState = (typeof QUESTION_STATES)[number];

/** Types that await an answer; their ids begin with `q`. */
export function awaitsAnswer(type: MessageType): boolean {
  return type === 'QUESTION' || type === 'BLOCKER';
}

interface MessageOf<T extends MessageType> {
  id: string;
  /** Order of sending. */
  seq: number;
  type: T;
  /** The agent that sent it; without one it is callsheet itself. */
  from?: string;
  /** The recipients as the sender wrote them. */
  to: string;
  runId?: string;
  taskId?: string;
  attempt?: number;
  body: string;
  data: MessageData[T];
  /** 1 most urgent, 5 the default, 10 least. */
  priority: number;
  /** The message that this one answers. */
  replyTo?: string;
  /** Only of types that await an answer. */
  question?: QuestionState;
  createdAt: number;
}

export type Message = { [T in MessageType]: MessageOf<T> }[MessageType];

export const RECIPIENT_STATES = ['queued', 'delivered', 'acknowledged'] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** Every legal move. The trigger `message_moves` says the same in the sheet. */
export const RECIPIENT_MOVES = {
  queued: ['delivered', 'acknowledged'],
  delivered: ['acknowledged'], // delivered: the answer that carried it was sent to the agent
  acknowledged: [],
} as const satisfies Record<RecipientState, readonly RecipientState[]>;
