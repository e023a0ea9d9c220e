import './without-jit.js';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { messageOf } from '../error/index.js';
import { locateRepository } from '../git/index.js';
import { identityOf } from '../process/index.js';
import { LateSession } from './late-session.js';
import { emptyServer, serverFor } from './server.js';
import { TellingTransport } from './transport.js';

// `mcp.cjs [--role lead|worker] [--repo PATH]`: the server of one client, over standard input and output. A client
// without a repository is served as well, with nothing: a server that fails would be a fault in every session elsewhere.

function main(): void {
  const { values } = parseArgs({
    options: { role: { type: 'string' }, repo: { type: 'string' } },
    strict: false,
  });
  const transport = new TellingTransport();
  const folder = typeof values.repo === 'string' ? values.repo : process.cwd();
  const client = identityOf(process.ppid);
  // Whoever has started it is gone already.
  if (client === undefined) return;
  if (!isInRepository(folder)) {
    const instructions = `callsheet has nothing to offer here: ${folder} is in no git repository.`;
    serveStdio(() => emptyServer({ version: version(), instructions }), { transport });
    return;
  }
  const role = values.role === 'lead' ? 'lead' : values.role === 'worker' ? 'worker' : undefined;
  const session = new LateSession({ folder: realpathSync(folder), client, role });
  serveStdio(() => serverFor(session, transport, version()), { transport });
  const end = (): void => void session.end().finally(() => process.exit(0));
  process.stdin.once('end', end).once('close', end);
  process.stdout.once('error', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
}

function isInRepository(folder: string): boolean {
  try {
    return locateRepository(realpathSync(folder)) !== undefined;
  } catch {
    // It is not there, or may not be looked at.
    return false;
  }
}

/** `package.json` lies above the bundle, which is the only form that this runs in. */
function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

try {
  main();
} catch (error) {
  process.stderr.write(`callsheet: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
