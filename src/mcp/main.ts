import { parseArgs } from 'node:util';
import { realpathSync } from 'node:fs';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { CallsheetError, messageOf } from '../error/index.js';
import { partOfClient } from '../hook/index.js';
import { identityOf, variableOf } from '../process/index.js';
import { serverVersion } from '../server/index.js';
import { openSheet, type Sheet } from '../sheet/index.js';
import { emptyServer, serverFor } from './server.js';
import { Session } from './session.js';
import { TellingTransport } from './transport.js';

// `mcp.cjs [--role lead|worker] [--repo PATH]`: the server of one client, over standard input and output. A client
// without a repository is served as well, with nothing: a server that fails would be a fault in every session elsewhere.

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { role: { type: 'string' }, repo: { type: 'string' } },
    strict: false,
  });
  const transport = new TellingTransport();
  const version = serverVersion();
  const sheet = await sheetAt(typeof values.repo === 'string' ? values.repo : process.cwd());
  if (sheet instanceof CallsheetError) {
    const instructions = `callsheet has nothing to offer here. ${sheet.message} ${sheet.hint ?? ''}`.trim();
    serveStdio(() => emptyServer({ version, instructions }), { transport });
    return;
  }
  await serveSheet(sheet, transport, { version, role: values.role });
}

async function sheetAt(folder: string): Promise<Sheet | CallsheetError> {
  try {
    return await openSheet(realpathSync(folder), { env: process.env });
  } catch (error) {
    if (error instanceof CallsheetError) return error;
    return new CallsheetError('FOLDER_MISSING', `${folder} cannot be used: ${messageOf(error)}.`);
  }
}

async function serveSheet(
  sheet: Sheet,
  transport: TellingTransport,
  { version, role }: { version: string; role: unknown },
): Promise<void> {
  const client = identityOf(process.ppid);
  // Whoever has started it is gone already.
  if (client === undefined) return;
  const ending = new AbortController();
  const env = environmentOf(client.pid);
  const session = new Session({
    ...{ sheet, client, env, signal: ending.signal },
    // Whoever has started the client has said so knowingly; a set-up may be shared.
    part: partOfClient(client) ?? {
      role: (role ?? env['CALLSHEET_ROLE']) === 'lead' ? 'supervisor' : 'worker',
    },
  });
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    process.stdout.once('error', () => resolve());
  });
  serveStdio(() => serverFor(session, transport, version), { transport });
  await ended;
  ending.abort();
  await session.end();
  await sheet[Symbol.asyncDispose]();
  process.exit(0);
}

/** Some clients hand only few variables on; what the client was started with counts all the same. */
function environmentOf(client: number): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['CALLSHEET_TOKEN', 'CALLSHEET_TASK', 'CALLSHEET_ATTEMPT'])
    env[name] ??= variableOf(client, name);
  return env;
}

main().catch((error: unknown) => {
  process.stderr.write(`callsheet: ${messageOf(error)}\n`);
  process.exit(1);
});
