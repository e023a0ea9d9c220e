import { createRequire } from 'node:module';
import { entryPoint } from '../process/index.js';
import { defineOperation, EVERYBODY } from './operation.js';

export const mcp = defineOperation({
  name: 'mcp',
  rights: EVERYBODY,
  help: 'Serve the client that starts it over standard input and output, as an MCP server',
  examples: ['callsheet mcp --role lead --repo ~/src/shop'],
  input: {
    role: {
      kind: 'choice',
      choices: ['lead', 'worker'],
      help: 'What the session is; default: what its client was started for, else a worker',
    },
    repo: { kind: 'text', placeholder: 'PATH', help: 'The repository; default: where it is started' },
  },
  /** The process becomes that program, which brings a library that no other command needs. */
  async run({ cwd }, { role }): Promise<undefined> {
    process.argv.splice(2, Infinity, '--repo', cwd, ...(role === undefined ? [] : ['--role', role]));
    createRequire(import.meta.url)(entryPoint('mcp'));
    return undefined;
  },
  show: () => '',
  startsIn: 'repo',
});
