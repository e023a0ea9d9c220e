import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../error/index.js';
import { locateRepository } from '../git/index.js';
import { entryPoint, identityOf } from '../process/index.js';
import { emptyIntroduction, introductionFor } from './introduction.js';
import { LateSession } from './late-session.js';
import { listsFor } from './lists.js';
import { answerOpening } from './opening.js';
import type * as program from './serve.js';

// `mcp.cjs [--role lead|worker] [--repo PATH]`: the server of one client, over standard input and output. A client
// without a repository is served as well, with nothing: a server that fails would be a fault in every session elsewhere.

function main(): void {
  const { values } = parseArgs({
    options: { role: { type: 'string' }, repo: { type: 'string' } },
    strict: false,
  });
  const folder = typeof values.repo === 'string' ? values.repo : process.cwd();
  const client = identityOf(process.ppid);
  // Whoever has started it is gone already.
  if (client === undefined) return;
  const role = values.role === 'lead' ? 'lead' : values.role === 'worker' ? 'worker' : undefined;
  const session = isInRepository(folder)
    ? new LateSession({ folder: realpathSync(folder), client, role })
    : undefined;
  const introduction =
    session === undefined ? emptyIntroduction(folder, version()) : introductionFor(session.role, version());
  // Nothing is held yet, so a signal may end this at once; while a client is waited for, no handler could run.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  const opening = answerOpening(introduction, session === undefined ? {} : listsFor(session.role));
  if (opening === undefined) return;
  // A program of its own, so that the opening has none of it to read.
  const { serve } = createRequire(import.meta.url)(entryPoint('mcp-server')) as typeof program;
  serve({ introduction, opening, session });
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
