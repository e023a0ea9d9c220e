export {
  HUMANS,
  MESSAGE_TYPES,
  RECIPIENT_MOVES,
  SUPERVISORS,
  type Message,
  type MessageData,
  type MessageType,
  type QuestionState,
  type Recipient,
  type RecipientState,
} from './message.js';
export { messageSchema } from './message.schema.js';
export { isSendable, LONGEST_BODY, SENDABLE, type SendableType } from './body.js';
export {
  acknowledge,
  findMessage,
  findMessages,
  inboxOf,
  markDelivered,
  type InboxItem,
  type MessageFilter,
} from './inbox.js';
export { answerQuestion, openQuestions, withdrawQuestions } from './question.js';
export { resolveRecipient, type ResolveOptions } from './recipient.js';
export { announce, sendMessage, type Announcement, type NewMessage } from './send.js';
