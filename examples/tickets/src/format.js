/** A ticket as clients see it. */
export function formatTicket(ticket) {
  return {
    id: ticket.id,
    title: ticket.title,
    body: ticket.body,
    state: ticket.state,
    createdAt: formatTime(ticket.createdAt),
  };
}

/** Milliseconds as ISO time; null for what has not happened. */
export function formatTime(ms) {
  return ms === undefined ? null : new Date(ms).toISOString();
}
