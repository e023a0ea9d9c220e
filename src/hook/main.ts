import { openSheet } from '../sheet/index.js';
import { ancestorsOf, identityOf } from '../process/index.js';
import { answerHook, CLIENTS, type Client } from './answer.js';
import type { HookAnswer } from './place.js';

// The lean way to answer a hook, when no server does: `hook.cjs CLIENT [PID]`, the client's words on standard input.
// Exit 2 blocks a tool in every version of every client, so it is kept for refusals; a failure here exits 1, and the
// script that called decides what that means for the tool.

async function main(): Promise<void> {
  const [client = '', pid = ''] = process.argv.slice(2);
  if (!isClient(client)) throw new Error(`No client is called ${client.slice(0, 40)}.`);
  const answer = await answerFrom(client, Number(pid), await standardInput());
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  process.exitCode = answer.exit;
}

function isClient(name: string): name is Client {
  return CLIENTS.some((client) => client === name);
}

async function answerFrom(client: Client, pid: number, body: string): Promise<HookAnswer> {
  await using sheet = await openSheet(process.cwd(), { env: process.env });
  const asker = identityOf(Number.isSafeInteger(pid) && pid > 0 ? pid : (ancestorsOf(process.pid)[0] ?? 0));
  const guard = { store: sheet.store, sheetFolder: sheet.folder, commonDir: sheet.commonDir };
  return await answerHook({ guard, ...(asker === undefined ? {} : { client: asker }) }, client, body);
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

main().catch((error: unknown) => {
  process.stderr.write(`callsheet: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
