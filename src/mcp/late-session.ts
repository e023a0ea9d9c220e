import { createRequire } from 'node:module';
import { entryPoint, variableOf, type ProcessIdentity } from '../process/index.js';
import type * as program from './session.js';

export interface LateOptions {
  /** Where the repository is looked for. */
  folder: string;
  /** The process that has started the server: the client. */
  client: ProcessIdentity;
  /** What the client's set-up makes of it. */
  role: 'lead' | 'worker' | undefined;
}

/**
 * The session of a client, opened when it is first needed: operations and database take longer to load than all that
 * a client asks at its start, and many a session never asks for more.
 */
export class LateSession {
  private readonly ending = new AbortController();
  private readonly env: NodeJS.ProcessEnv;
  private opened: program.Session | undefined;

  constructor(private readonly options: LateOptions) {
    this.env = environmentOf(options.client.pid);
  }

  /** As whom it may do what, as far as it is known. */
  get role(): 'lead' | 'worker' {
    return this.opened?.role ?? (this.wantsToLead() ? 'lead' : 'worker');
  }

  open(): program.Session {
    this.opened ??= this.load();
    return this.opened;
  }

  /** The client is gone. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.opened?.end();
  }

  private load(): program.Session {
    // A program of its own, so that the start has none of it to read. It shares no class with this one.
    const { Session } = createRequire(import.meta.url)(entryPoint('mcp-session')) as typeof program;
    const { signal } = this.ending;
    return new Session({ ...this.options, env: this.env, signal, leads: this.wantsToLead() });
  }

  /** Whoever has started the client has said so knowingly; a set-up may be shared. */
  private wantsToLead(): boolean {
    const { CALLSHEET_ROLE: started } = this.env;
    return (started === 'lead' || started === 'worker' ? started : this.options.role) === 'lead';
  }
}

/** Some clients hand only few variables on; what the client was started with counts all the same. */
function environmentOf(client: number): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['CALLSHEET_TOKEN', 'CALLSHEET_TASK', 'CALLSHEET_ATTEMPT', 'CALLSHEET_ROLE'])
    env[name] ??= variableOf(client, name);
  return env;
}
