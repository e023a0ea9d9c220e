// The story of docs/lead-and-workers.md by MCP alone: a lead and two workers, each a plain client with a server of its own.
// Run it in a repository: npm install @modelcontextprotocol/client, then node by-mcp.mjs
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

// A session is the process that has started its server. These three share one process, so each gets a shell in between.
async function session(name, ...args) {
  const client = new Client({ name, version: '1.0.0' });
  const command = ['-c', 'callsheet mcp "$@"; exit $?', 'sh', ...args];
  await client.connect(new StdioClientTransport({ command: 'sh', args: command, env: process.env }));
  const use = async (tool, input = {}) => {
    const { content, structuredContent } = await client.callTool({ name: tool, arguments: input });
    console.log(`${name}: ${tool}\n${content.map((part) => part.text).join('\n')}\n`);
    return structuredContent;
  };
  return { use, close: () => client.close() };
}

const lead = await session('lead', '--role', 'lead');
const one = await session('one');
const two = await session('two');

// The lead says what it is for, and makes tasks.
await lead.use('init_coordination', {
  goal: 'Greet people in two languages',
  tasks: [
    { id: 'form', spec: 'Decide the form', files: ['form.txt'] },
    { id: 'english', spec: 'Greet in English', after: ['form'], files: ['english.txt'] },
    { id: 'french', spec: 'Greet in French', after: ['form'], files: ['french.txt'] },
  ],
});

// A worker takes what is ready. Another finds nothing, and hears what waits for what.
await one.use('claim_task');
await two.use('claim_task');
await one.use('complete_task', {
  outcome: 'done',
  result: { summary: 'One line: the name, then the greeting', findings: ['The name comes first'] },
});

// Now there is one for each, and both are told the result.
await one.use('claim_task');
const { id: task } = await two.use('claim_task');
await one.use('complete_task', { outcome: 'done', result: { summary: 'Greets' } });

// One asks, the lead decides, and the work goes on. What is said reaches a session with the answer of its next call.
await two.use('report', { kind: 'blocker', text: 'Formal or not?' });
await lead.use('get_status');
await lead.use('resolve_conflict', { question: 'q-1', decision: 'Formal.' });
await two.use('report', { kind: 'progress', text: `${task} is half done` });
await two.use('complete_task', { outcome: 'done', result: { summary: 'Greets formally' } });

// The lead has heard all of it.
await lead.use('get_status');
await Promise.all([lead, one, two].map(({ close }) => close()));
