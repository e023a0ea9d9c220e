import './without-jit.js';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Introduction } from './introduction.js';
import type { LateSession } from './late-session.js';
import type { Opening } from './opening.js';
import { emptyServer, serverFor } from './server.js';
import { TellingTransport } from './transport.js';

export interface Served {
  introduction: Introduction;
  /** What has been said already. */
  opening: Opening;
  /** Absent where there is nothing to offer. */
  session: LateSession | undefined;
}

/** Serves the client at the other end of standard input and output until it goes. */
export function serve({ introduction, opening, session }: Served): void {
  if (opening.left !== undefined) process.stdout.write(opening.left);
  if (opening.bytes.length > 0) process.stdin.unshift(opening.bytes);
  const transport = new TellingTransport(opening.greeted);
  if (session === undefined) {
    serveStdio(() => emptyServer(introduction), { transport });
    return;
  }
  serveStdio(() => serverFor(session, transport, introduction), { transport });
  const end = (): void => void session.end().finally(() => process.exit(0));
  process.stdin.once('end', end).once('close', end);
  process.stdout.once('error', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
}
