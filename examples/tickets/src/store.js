/** Tickets in memory, the newest first. `now` gives the time in milliseconds. */
export function createStore({ now = Date.now } = {}) {
  const tickets = new Map();
  let lastId = 0;

  return {
    create(fields) {
      lastId += 1;
      const ticket = { id: String(lastId), ...fields, state: 'open', createdAt: now() };
      tickets.set(ticket.id, ticket);
      return ticket;
    },

    find(id) {
      return tickets.get(id);
    },

    list() {
      return [...tickets.values()].reverse();
    },

    /** The changed ticket, or undefined when there is none with this id. */
    update(id, changes) {
      const ticket = tickets.get(id);
      if (!ticket) return undefined;
      const changed = { ...ticket, ...changes };
      tickets.set(id, changed);
      return changed;
    },
  };
}
