import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const SERVER = join(import.meta.dirname, '../../dist/mcp.cjs');

/** What a tool has answered. */
export interface Told {
  /** All texts. */
  text: string;
  /** The structured content. */
  data: Record<string, unknown>;
  isError: boolean;
}

export interface McpClient {
  client: Client;
  /** Calls a tool. */
  use: (tool: string, input?: Record<string, unknown>) => Promise<Told>;
  /** Closes the connection, and resolves when the server's process has ended. */
  close: () => Promise<void>;
}

export interface McpWishes {
  role?: 'lead' | 'worker';
  name?: string;
  env?: Record<string, string>;
  args?: readonly string[];
}

// Each server has a parent of its own, as it has in life: that is the client whose session it speaks for.
const OWN_PARENT = ['-c', '"$0" "$@"; exit $?', process.execPath, SERVER];

/** A client of the SDK that has started the built server in a repository. */
export async function givenMcp(root: string, wishes: McpWishes = {}): Promise<McpClient> {
  const { role, name = 'plain', env = {}, args = [] } = wishes;
  const transport = new StdioClientTransport({
    command: 'sh',
    args: [...OWN_PARENT, ...(role === undefined ? [] : ['--role', role]), ...args],
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: root, ...env },
    stderr: 'ignore',
  });
  const client = new Client({ name, version: '1' });
  await client.connect(transport);
  const close = (): Promise<void> => client.close();
  onTestFinished(close);
  return {
    client,
    close,
    async use(tool, input = {}) {
      const result = await client.callTool({ name: tool, arguments: input });
      const texts = result.content.map((each) => (each.type === 'text' ? each.text : ''));
      return {
        text: texts.join('\n'),
        data: (result.structuredContent ?? {}) as Record<string, unknown>,
        isError: result.isError === true,
      };
    },
  };
}
