import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../support/results.js';

/** What the surroundings add to the start of every Node program is not ours, nor the other's. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const own = /^(?:NODE_|CALLSHEET_|GIT_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

// Not found by its name: beside this program lies one of the same.
export const OURS: Command = [process.execPath, join(PROJECT, 'dist/mcp.cjs')];
export const EMPTY: Command = [process.execPath, join(PROJECT, 'dist/bench/mcp-empty-server.cjs')];

/** A server that has been started, and a client that speaks to it line by line. */
export interface Connection {
  /** Milliseconds until the answer to this request has come. @throws When it is an error. */
  ask(method: string, params: object): Promise<number>;
  end(): Promise<void>;
}

/** Starts a server; nothing has been said to it yet. */
export function connect([program, ...args]: Command, cwd: string): Connection {
  const child = spawn(program, args, { cwd, env: plainEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let rest = '';
  let heard: (line: string) => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) heard(line);
  });
  let id = 0;
  return {
    async ask(method, params) {
      id += 1;
      const request = JSON.stringify({ jsonrpc: '2.0', id, method, params });
      const started = performance.now();
      const line = await new Promise<string>((resolve, reject) => {
        heard = resolve;
        void closed.then(() => reject(new Error(`The server has ended instead of answering ${method}`)));
        child.stdin.write(`${request}\n`);
      });
      const ms = performance.now() - started;
      if (line.includes('"error"') || line.includes('"isError":true')) throw new Error(line.slice(0, 300));
      return ms;
    },
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}

export const INITIALIZE = [
  'initialize',
  { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
] as const;
