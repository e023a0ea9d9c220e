import { healthRoutes } from './health.js';
import { ticketRoutes } from './tickets.js';

/** All routes of the service. A handler gets `{ params, query, body }` and returns `{ status, body }`. */
export function registerRoutes(router, services) {
  healthRoutes(router, services);
  ticketRoutes(router, services);
}
