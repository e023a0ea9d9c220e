export { fittingNotes } from './fitting-notes.js';
export { mailAcknowledged, mailDelivered, mailFor } from './mail.js';
export { recipientsOf } from './recipients.js';
export { afterTurn, isOfTeam } from './hand-out.js';
export { takeBackLapsed } from './lapsed.js';
export { closeClaim, tellProgress, whatNext, withReady } from './tell.js';
export { waitForCall } from './wake-up.js';
