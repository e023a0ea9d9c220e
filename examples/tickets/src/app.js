import { createServer } from 'node:http';
import { createRouter } from 'tiny-router';
import { errorReply, HttpError } from './errors.js';
import { readJson, sendJson } from './http.js';
import { registerRoutes } from './routes/index.js';

/** The service as a server that does not listen yet. */
export function createApp({ store }) {
  const router = createRouter();
  registerRoutes(router, { store });
  return createServer(async (request, response) => {
    const { status, body } = await reply(router, request);
    sendJson(response, status, body);
  });
}

async function reply(router, request) {
  try {
    const url = new URL(request.url, 'http://localhost');
    const route = router.match(request.method, url.pathname);
    if (!route) throw new HttpError(404, `There is no ${request.method} ${url.pathname}`);
    const body = await readJson(request);
    return await route.handler({ params: route.params, query: url.searchParams, body });
  } catch (error) {
    return errorReply(error);
  }
}
