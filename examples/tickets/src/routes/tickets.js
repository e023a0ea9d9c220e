import { HttpError } from '../errors.js';
import { formatTicket } from '../format.js';
import { readNewTicket } from '../validation.js';

export function ticketRoutes(router, { store }) {
  router.post('/tickets', ({ body }) => {
    const ticket = store.create(readNewTicket(body));
    return { status: 201, body: formatTicket(ticket) };
  });

  router.get('/tickets', () => {
    const tickets = store.list();
    return { status: 200, body: { tickets: tickets.map(formatTicket) } };
  });

  router.get('/tickets/:id', ({ params }) => {
    return { status: 200, body: formatTicket(existing(store.find(params.id), params.id)) };
  });

  router.post('/tickets/:id/close', ({ params }) => {
    const closed = existing(store.update(params.id, { state: 'closed' }), params.id);
    return { status: 200, body: formatTicket(closed) };
  });
}

/** The ticket, or the answer that there is none. */
export function existing(ticket, id) {
  if (!ticket) throw new HttpError(404, `There is no ticket ${id}`);
  return ticket;
}
