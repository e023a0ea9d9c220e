import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { findProgram } from '../client/index.js';
import { assert, messageOf } from '../error/index.js';
import { answerHook, inputOf, type Client, type HookAnswer } from '../hook/index.js';
import { identityOf } from '../process/index.js';
import { isNewerNow, type Sheet } from '../sheet/index.js';
import { KeyWaker } from './key-waker.js';
import { Lifetime, type WhyEnded } from './lifetime.js';
import { askerOf, bodyOf, clientOf } from './requests.js';
import { liveServer, removeServerFile, writeServerFile, type ServerFile } from './server-file.js';
import { SharedFolder } from './shared-folder.js';
import { TurnSnapshots } from './turn-snapshots.js';

export interface ServeOptions {
  sheet: Sheet;
  /** Of callsheet, for those who read the file of the server. */
  version: string;
  /** Ends it. */
  signal: AbortSignal;
  /** The program that it runs: replaced or gone, it ends, and the next session starts the new one. */
  program?: string;
  /** Where tmux is looked for, by which idle sessions are woken. Left out, nobody is woken. */
  env?: NodeJS.ProcessEnv;
  /** Hears what went wrong, in words without secrets. */
  say?: (line: string) => void;
  /** Without a request for so long it ends, unless the client of a session is running. Default 10 minutes. */
  idleMs?: number;
  /** So often it looks whether it is still wanted. Default 10 seconds. */
  lookEveryMs?: number;
}

/** A server that answers the hooks of one sheet. */
export interface RunningServer {
  file: ServerFile;
  /** When it has answered all that it was asked, has done what was left to do, and has taken its file away. */
  ended: Promise<WhyEnded>;
}

/**
 * Answers the hooks of a sheet on the loopback interface, for whoever can read `<sheet folder>/server`.
 * @returns With `isOther`, the server that was there before: there is one for each sheet.
 */
export async function serve(
  options: ServeOptions,
): Promise<({ isOther: false } & RunningServer) | { isOther: true; file: ServerFile }> {
  const { sheet, version, idleMs = 600_000, lookEveryMs = 10_000 } = options;
  const other = liveServer(sheet.folder);
  if (other !== undefined) return { isOther: true, file: other };
  const { chance } = sheet.store;
  const self = identityOf(process.pid);
  assert(self !== undefined, 'this process is listed');
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const file: ServerFile = {
    port: (server.address() as AddressInfo).port,
    secret: chance.token() + chance.token(),
    proof: chance.token() + chance.token(),
    process: self,
    version,
  };
  let isServing = false;
  try {
    const before = await takePlace(sheet, file);
    if (before !== undefined) return { isOther: true, file: before };
    const lifetime = new Lifetime({ ...options, file, idleMs, lookEveryMs });
    const desk = new Desk(options, file, lifetime);
    server.on('request', (request, response) => void desk.receive(request, response));
    isServing = true;
    return { isOther: false, file, ended: untilEnd(server, desk, lifetime, sheet) };
  } finally {
    // Listening would keep the process alive for ever, though nobody can find it.
    if (!isServing) server.close();
  }
}

/** The sheet's own write lock keeps two that start at once apart. */
function takePlace({ store, folder }: Sheet, file: ServerFile): Promise<ServerFile | undefined> {
  return store.transaction(() => {
    const other = liveServer(folder);
    if (other === undefined) writeServerFile(folder, file);
    return Promise.resolve(other);
  });
}

/** So long those who are being answered at its end have time; who only connects has none. */
const GRACE_MS = 5_000;

async function untilEnd(
  server: Server,
  desk: Desk,
  lifetime: Lifetime,
  { folder, store: { clock } }: Sheet,
): Promise<WhyEnded> {
  const why = await lifetime.ended;
  removeServerFile(folder, lifetime.file);
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cancel = clock.after(GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
  await desk.finished();
  return why;
}

/** Takes requests one by one and answers them. */
class Desk {
  private readonly snapshots: TurnSnapshots;
  private readonly sharedFolder: SharedFolder;
  private readonly keyWaker: KeyWaker | undefined;
  private readonly following = new Set<Promise<void>>();

  constructor(
    private readonly options: ServeOptions,
    private readonly file: ServerFile,
    private readonly lifetime: Lifetime,
  ) {
    const say = (line: string): void => this.say(line);
    this.snapshots = new TurnSnapshots(options.sheet, say);
    this.sharedFolder = new SharedFolder(options.sheet, say);
    this.keyWaker = keyWakerFor(options, say);
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.answer(request, response);
    } catch (error) {
      // The hook then asks the lean entry, which says to its client what it cannot do.
      this.say(`A hook could not be answered: ${messageOf(error)}`);
      if (!response.headersSent) refuse(response, 500);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = clientOf(request, this.file);
    if (typeof client === 'number') return refuse(response, client);
    this.lifetime.used();
    const body = await bodyOf(request);
    if (body === undefined) return;
    if (body === 413) return refuse(response, 413);
    if (await isNewerNow(this.options.sheet.store)) {
      // A newer callsheet has the sheet now. The lean entry knows what to say.
      this.lifetime.end('newer');
      return refuse(response, 503);
    }
    const answer = await this.answerOf(client, body, askerOf(request));
    send(response, answer, this.file.proof);
    response.once('finish', () => {
      this.snapshots.noted(inputOf(client, body));
      this.sharedFolder.noted();
      this.follow(answer);
    });
  }

  /** When nothing is under way any more of what is done after an answer. */
  async finished(): Promise<void> {
    while (this.following.size > 0) await Promise.all(this.following);
    await this.keyWaker?.finished();
    await this.snapshots.finished();
    await this.sharedFolder.finished();
  }

  private follow({ sent }: HookAnswer): void {
    if (sent === undefined) return;
    const work: Promise<void> = sent()
      .catch((error: unknown) =>
        this.say(`What follows an answer went wrong, and is done again: ${messageOf(error)}`),
      )
      .finally(() => this.following.delete(work));
    this.following.add(work);
  }

  private answerOf(client: Client, body: string, asker: number): Promise<HookAnswer> {
    const { store, folder, commonDir } = this.options.sheet;
    const guard = { store, sheetFolder: folder, commonDir };
    const keep = (at: string): Promise<void> => this.snapshots.keep(at);
    return answerHook({ guard, keep, client: () => identityOf(asker) }, client, body);
  }

  private say(line: string): void {
    this.options.say?.(line);
  }
}

/** Where there is no tmux, nobody runs in it. */
function keyWakerFor({ sheet, env }: ServeOptions, say: (line: string) => void): KeyWaker | undefined {
  const root = basename(sheet.commonDir) === '.git' ? dirname(sheet.commonDir) : sheet.root;
  const tmux = env === undefined ? undefined : findProgram('tmux', env, root);
  return tmux === undefined ? undefined : new KeyWaker({ store: sheet.store, root, tmux, say });
}

/** What the hook's script prints goes with it: on standard output when it exits 0, on standard error when it exits 2. */
function send(response: ServerResponse, { stdout, stderr, exit }: HookAnswer, proof: string): void {
  const text = Buffer.from(exit === 2 ? stderr : stdout);
  response.sendDate = false;
  response.writeHead(200, {
    'X-Callsheet-Proof': proof,
    'X-Callsheet-Exit': String(exit),
    'Content-Type': 'application/json',
    'Content-Length': String(text.length),
    Connection: 'close',
  });
  response.end(text);
}

function refuse(response: ServerResponse, status: number): void {
  response.sendDate = false;
  response.writeHead(status, { 'Content-Length': '0', Connection: 'close' });
  response.end();
}
