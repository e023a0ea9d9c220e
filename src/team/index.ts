export { leaveSession, sessionOfClient, type SessionClient } from './client-session.js';
export { mailAcknowledged, mailDelivered, mailFor } from './mail.js';
export { partOf } from './parts.js';
export { postFor, type Post } from './post.js';
export { recipientsOf } from './recipients.js';
