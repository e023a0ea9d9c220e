import { dirname } from 'node:path';
import { CallsheetError, messageOf } from '../error/index.js';
import { ancestorsOf, identityOf, isAlive, type ProcessIdentity } from '../process/index.js';
import { openSheet } from '../sheet/index.js';
import { oneLine, plainText } from '../text/index.js';
import { answerHook } from './answer.js';
import { CLIENTS, inputOf, type Client } from './client.js';
import { answerOfOlder } from './older.js';
import type { HookAnswer } from './place.js';
import { isOfRegistered } from './sessions.js';
import { startServer } from './start-server.js';
import { print, standardInput } from './streams.js';
import { answerWait } from './wait.js';

// The lean way to answer a hook, when no server does: `hook.cjs CLIENT PID SHEET-FOLDER`, the client's words on
// standard input; with `wait` behind it, it waits beside the session for what to wake it with. Exit 2 blocks a tool in
// every version of every client, so it is kept for refusals; a failure here exits 1, and the script that called decides
// what that means for the tool. With `fail-open` behind it the script is not there any more: it has not looked whose words
// these are, and a failure is to hold back nothing, so that it exits 0.

/**
 * No server has answered. One that has gone, as when callsheet was updated, is started again before the next turn of any
 * session: not by each tool call, where none can be started.
 */
const BETWEEN_TURNS: ReadonlySet<string> = new Set(['SessionStart', 'UserPromptSubmit', 'Stop']);

const FAIL_OPEN = 'fail-open';

async function main(): Promise<void> {
  const [client = '', pid = '', sheetFolder = '', what = ''] = process.argv.slice(2);
  if (!isClient(client)) throw new Error(`No client is called ${client.slice(0, 40)}.`);
  const place = { client, pid: Number(pid), sheetFolder, waits: what === 'wait' };
  const body = await standardInput();
  const input = inputOf(client, body);
  if (what === FAIL_OPEN && !isOfRegistered(sheetFolder, input)) process.exit(0);
  const exit = await answerFrom(place, body);
  const event = input.text('hook_event_name') ?? '';
  if (BETWEEN_TURNS.has(event) && !place.waits && sheetFolder !== '') startServer(sheetFolder, process.env);
  // All has been said and written: Node need not take everything down first.
  process.exit(exit);
}

function isClient(name: string): name is Client {
  return CLIENTS.some((client) => client === name);
}

interface Place {
  client: Client;
  pid: number;
  sheetFolder: string;
  waits: boolean;
}

/** Says the answer to an event. @returns How the process exits. */
async function answerFrom(place: Place, body: string): Promise<HookAnswer['exit']> {
  try {
    return await answerWithSheet(place, body);
  } catch (error) {
    if (!(error instanceof CallsheetError) || error.code !== 'SHEET_NEWER') throw error;
    if (place.waits) return 0;
    return say(answerOfOlder(place.sheetFolder, body, `${error.message} ${error.hint ?? ''}`.trim()));
  }
}

async function answerWithSheet(
  { client, pid, sheetFolder, waits }: Place,
  body: string,
): Promise<HookAnswer['exit']> {
  await using sheet = await openSheet(dirname(sheetFolder), { env: process.env, isBrief: true });
  const guard = { store: sheet.store, sheetFolder: sheet.folder, commonDir: sheet.commonDir };
  const place = { guard, client: () => askerOf(pid) };
  if (waits) return await say(await answerWait(place, client, body, endOf(place.client())));
  return await say(await answerHook(place, client, body));
}

/** The process that the script was told of; where it was told of none, the one that has started this one. */
function askerOf(pid: number): ProcessIdentity | undefined {
  return identityOf(Number.isSafeInteger(pid) && pid > 0 ? pid : (ancestorsOf(process.pid)[0] ?? 0));
}

const LOOK_EVERY_MS = 5_000;

/** Fires when a client has gone without taking what it started along. */
function endOf(client: ProcessIdentity | undefined): AbortSignal {
  const ending = new AbortController();
  if (client === undefined) ending.abort();
  else setInterval(() => isAlive(client) || ending.abort(), LOOK_EVERY_MS);
  return ending.signal;
}

async function say({ stdout, stderr, exit, sent }: HookAnswer): Promise<HookAnswer['exit']> {
  const isHeard = print(1, stdout) && print(2, stderr);
  if (isHeard) await sent?.();
  return exit;
}

/** What the file system says holds the path, however long that is. */
const LONGEST_ERROR = 500;

main().catch((error: unknown) => {
  print(2, `callsheet: ${oneLine(plainText(messageOf(error)), LONGEST_ERROR)}\n`);
  process.exitCode = process.argv[5] === FAIL_OPEN ? 0 : 1;
});
