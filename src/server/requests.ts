import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CLIENTS, type Client } from '../hook/index.js';

const LARGEST_BODY_BYTES = 32 * 1024 * 1024;

/** Why a request is not answered, as a status of HTTP. */
export type Refused = 401 | 403 | 404 | 405 | 413;

/** Who may ask: whoever has read the file of the server, and no page of a browser. */
export interface Door {
  port: number;
  secret: string;
}

/** The client whose hook is asked for, or why there is no answer. Strangers are not told what there is. */
export function clientOf(request: IncomingMessage, { port, secret }: Door): Client | Refused {
  const { host, origin, authorization } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return 403;
  if (origin !== undefined) return 403;
  if (!isSame(authorization ?? '', `Bearer ${secret}`)) return 401;
  const client = CLIENTS.find((name) => request.url === `/hook/${name}`);
  if (client === undefined) return 404;
  if (request.method !== 'POST') return 405;
  return Number(request.headers['content-length'] ?? 0) > LARGEST_BODY_BYTES ? 413 : client;
}

/** The whole body; 413 when it is too large, undefined when it was cut off. */
export async function bodyOf(request: IncomingMessage): Promise<string | 413 | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LARGEST_BODY_BYTES) return 413;
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.complete) throw error;
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The process that asks, as the hook's script says; of no use to anybody who lies. */
export function askerOf({ headers }: IncomingMessage): number {
  const pid = headers['x-callsheet-client-pid'];
  return typeof pid === 'string' && /^\d{1,10}$/.test(pid) ? Number(pid) : 0;
}

/** Compares in a time that says nothing about where two texts differ. */
function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
