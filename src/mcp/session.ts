import type { CallToolResult } from '@modelcontextprotocol/server';
import { CallsheetError } from '../error/index.js';
import { openContext, OPERATIONS, type Context } from '../operations/index.js';
import { partOfClient } from '../hook/index.js';
import type { ProcessIdentity } from '../process/index.js';
import { isNewerNow, openSheet, type Sheet } from '../sheet/index.js';
import {
  leaveSession,
  mailAcknowledged,
  partOf,
  postFor,
  sessionOfClient,
  type Post,
  type SessionClient,
} from '../team/index.js';
import { callerOf, Claims } from './caller.js';
import { refusalOf, resultOf } from './result.js';
import { requireFit } from './schema.js';
import type { Answered, Given } from './tool.js';
import { toolsOf } from './tools.js';

export interface SessionOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** The process that has started the server: the client. */
  client: ProcessIdentity;
  /** What its set-up, or who has started it, makes of it. */
  leads: boolean;
  signal: AbortSignal;
}

export interface ToolAnswer {
  result: CallToolResult;
  /** To be called when it has left. */
  sent?: () => Promise<void>;
}

const TOKEN = 'CALLSHEET_TOKEN';

/** The session of the client that a server speaks to. Registered at its first call, unless its hooks were there before. */
export class Session {
  private readonly claims = new Claims();
  private readonly client: SessionClient;
  private opened: Promise<Sheet> | undefined;

  constructor(private readonly options: SessionOptions) {
    const { client, leads } = options;
    const part = leads ? ({ role: 'supervisor' } as const) : partOfClient(client);
    const since = Date.now() - process.uptime() * 1_000;
    this.client = { process: client, name: 'mcp', part: part ?? { role: 'worker' }, since };
  }

  /** How the client calls itself. */
  named(name: string | undefined): void {
    const cleaned = (name ?? '').replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
    if (/^[A-Za-z0-9]/.test(cleaned)) this.client.name = cleaned;
  }

  /** As whom it may do what. */
  get role(): 'lead' | 'worker' {
    return this.client.part.role === 'supervisor' ? 'lead' : 'worker';
  }

  /** Does what a tool is for. Whatever goes wrong is an answer. */
  async use(name: string, given: unknown): Promise<ToolAnswer> {
    let context: Context | undefined;
    try {
      context = await this.context();
      await acknowledge(context);
      const answered = await this.answer(context, name, given);
      const post = await postOf(context);
      return withPost(resultOf(answered, post?.text), post);
    } catch (error) {
      const post = context === undefined ? undefined : await postOf(context);
      return withPost(refusalOf(error, post?.text, isAnswer(error)), post);
    }
  }

  /** What a session is told of its part, as a prompt. One that asks for that of a worker is handed tasks from then on. */
  async partOf(role: 'lead' | 'worker'): Promise<string> {
    const { output } = await this.read('prompt', { part: role });
    const { warning } = output as { warning?: string };
    return warning === undefined ? partOf(role) : `${warning}\n\n${partOf(role)}`;
  }

  /** Reads with an operation. @throws {CallsheetError} those of the operation. */
  async read(operation: string, raw: Record<string, string>): Promise<Answered> {
    return callerOf(await this.context(), this.claims).call(operation, raw);
  }

  /** The client is gone: what it held is offered to others. */
  async end(): Promise<void> {
    const sheet = await this.opened;
    if (sheet === undefined) return;
    const { store, folder, commonDir, root } = sheet;
    if (!this.hasToken()) await leaveSession({ store, sheetFolder: folder, commonDir }, this.client, root);
    await store.close();
  }

  /** One that a run has started says by its token who it is. */
  private hasToken(): boolean {
    return (this.options.env[TOKEN] ?? '') !== '';
  }

  private async context(): Promise<Context> {
    const { env, signal } = this.options;
    const sheet = await this.sheet();
    const { store } = sheet;
    if (await isNewerNow(store)) throw newer();
    const agent = this.hasToken() ? undefined : await sessionOfClient(store, this.client);
    const context = await openContext({
      ...{ sheet, env, signal, pid: process.pid, cwd: sheet.root, output: 'json' },
      ...(agent === undefined ? {} : { agent }),
      say: () => undefined,
      emit: () => undefined,
    });
    // What it was refused once it does not ask for again.
    this.client.part = { ...this.client.part, role: context.actor.role };
    return context;
  }

  /** What could not be opened is tried again at the next call. */
  private async sheet(): Promise<Sheet> {
    const { folder, env } = this.options;
    this.opened ??= openSheet(folder, { env });
    try {
      return await this.opened;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  private async answer(context: Context, name: string, given: unknown): Promise<Answered> {
    const caller = callerOf(context, this.claims);
    const tool = toolsOf('lead').find((each) => each.name === name);
    if (tool === undefined || (tool.isForLead === true && caller.role !== 'lead'))
      throw unknownTool(name, tool !== undefined, caller.role);
    requireFit(tool.inputSchema, given ?? {});
    return tool.run(caller, (given ?? {}) as Given);
  }
}

async function acknowledge({ actor, sheet }: Context): Promise<void> {
  const { agentId: id } = actor;
  if (id !== undefined) await mailAcknowledged(sheet.store, { id });
}

async function postOf({ actor, sheet }: Context): Promise<Post | undefined> {
  const { agentId } = actor;
  return agentId === undefined ? undefined : postFor(sheet.store, agentId);
}

function newer(): CallsheetError {
  return new CallsheetError('SHEET_NEWER', 'A newer callsheet has changed the sheet. Nothing was done.', {
    hint: 'Ask the person to start this session again.',
  });
}

function withPost(result: CallToolResult, post: Post | undefined): ToolAnswer {
  return post === undefined ? { result } : { result, sent: post.delivered };
}

/** Refusals that a caller has to reckon with, such as that nothing is ready. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof CallsheetError &&
    OPERATIONS.some(({ refusals }) => refusals !== undefined && error.code in refusals)
  );
}

function unknownTool(name: string, isForLead: boolean, role: 'lead' | 'worker'): CallsheetError {
  const names = toolsOf(role).map((each) => each.name);
  return isForLead
    ? new CallsheetError('NOT_ALLOWED', `${name} is for the lead. Nothing was done.`, {
        hint: 'Ask the lead: send_message to lead.',
      })
    : new CallsheetError('TOOL_UNKNOWN', 'There is no tool of this name. Nothing was done.', {
        exit: 'usage',
        hint: `There are: ${names.join(', ')}`,
      });
}
