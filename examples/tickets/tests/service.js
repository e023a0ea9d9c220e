import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { after } from 'node:test';
import { createApp } from '../src/app.js';
import { createStore } from '../src/store.js';

/** Starts the service on a free port until the test file ends. `call` sends JSON and gives `{ status, body }`. */
export async function startService() {
  const store = createStore();
  const app = createApp({ store });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  after(() => app.close());

  const call = async (method, path, body) => {
    const sent = request({ host: '127.0.0.1', port: app.address().port, method, path });
    sent.end(typeof body === 'string' ? body : JSON.stringify(body));
    const [response] = await once(sent, 'response');
    return { status: response.statusCode, body: await json(response) };
  };
  return { call, store };
}
