import { HttpError } from './errors.js';

const LONGEST_BODY = 64 * 1024;

/**
 * The JSON body of a request; undefined when it has none. One that is too long is read to its end, not kept:
 * a connection cut in the middle would hide the answer from the client.
 */
export async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    if (text.length <= LONGEST_BODY) text += chunk;
  }
  if (text.length > LONGEST_BODY) throw new HttpError(413, `A body may have ${LONGEST_BODY} characters`);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The body is not JSON');
  }
}

export function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
