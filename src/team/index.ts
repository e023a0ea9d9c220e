export { fittingNotes } from './fitting-notes.js';
export { mailAcknowledged, mailDelivered, mailFor } from './mail.js';
export { recipientsOf } from './recipients.js';
export { historyOf, noteHistoryShown, shownHistory } from './task-history.js';
export { callOffReviews, endReviewsWith, openReview, openReviewsOf, resumeReviewed } from './reviews.js';
