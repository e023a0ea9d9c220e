export { mailDelivered, mailFor, recipientsOf } from './mail.js';
