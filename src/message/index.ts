export { HUMANS, SUPERVISORS, type Message } from './message.js';
export { messageSchema } from './message.schema.js';
export { LONGEST_BODY, SENDABLE } from './body.js';
export { acknowledge, findMessage, findMessages, inboxOf, markDelivered, type InboxItem } from './inbox.js';
export { answerQuestion, openQuestions, withdrawQuestions } from './question.js';
export { isRecipientWord, resolveRecipient } from './recipient.js';
export { announce, sendMessage, type NewMessage } from './send.js';
