import { inputs, listOf, oneOf, text } from './schema.js';
import { listIn, numberIn, textIn, type Answered, type Caller, type Given, type Tool } from './tool.js';

const TASK = text('Task; default: yours');

const claimTask: Tool = {
  name: 'claim_task',
  description:
    'Take the next ready task, or the one named. Answers its spec, and the results of the tasks it waited for.',
  inputSchema: inputs({ id: text() }),
  run: ({ call }, given) => call('task.claim', { id: textIn(given, 'id') }),
};

const completeTask: Tool = {
  name: 'complete_task',
  description: 'End the task you hold. For failed and released, summary says why.',
  inputSchema: inputs(
    {
      outcome: oneOf('done', 'failed', 'released'),
      result: inputs(
        {
          summary: text(),
          files: listOf(text(), 'Written'),
          findings: listOf(text(), 'What others should know'),
          commit: text(),
          data: { type: 'object' },
        },
        'summary',
      ),
      id: TASK,
    },
    'result',
  ),
  run({ call, claim }, given) {
    const held = claim(given['id']);
    const result = given['result'] as Given;
    const reason = textIn(result, 'summary');
    if (given['outcome'] === 'failed') return call('task.fail', { ...held, reason });
    if (given['outcome'] === 'released') return call('task.release', { ...held, reason });
    return call('task.complete', { ...held, resultFile: { text: JSON.stringify(result) } });
  },
};

const report: Tool = {
  name: 'report',
  description:
    'Tell how the task stands. A blocker pauses it until it is answered; a checkpoint saves the files as they are, and next says how to go on.',
  inputSchema: inputs(
    {
      kind: oneOf('progress', 'blocker', 'checkpoint'),
      text: text(),
      options: listOf(text(), 'Of a blocker: answers that would do'),
      next: text('Of a checkpoint'),
      id: TASK,
    },
    'kind',
    'text',
  ),
  run({ call, claim }, given) {
    const held = claim(given['id']);
    const said = textIn(given, 'text');
    if (given['kind'] === 'blocker')
      return call('task.block', { ...held, question: said, option: listIn(given, 'options') });
    if (given['kind'] === 'checkpoint')
      return call('task.checkpoint', { ...held, done: said, next: textIn(given, 'next') });
    return call('task.progress', { ...held, text: said });
  },
};

const lockFiles: Tool = {
  name: 'lock_files',
  description: 'Reserve files, folders or globs, all or none, or release them.',
  inputSchema: inputs(
    {
      paths: listOf(text()),
      release: { type: 'boolean' },
      wait: { type: 'integer', description: 'Seconds to wait in line' },
      reason: text(),
    },
    'paths',
  ),
  run({ call }, given) {
    const paths = listIn(given, 'paths');
    if (given['release'] === true) return call('lock.release', { paths });
    const wait = numberIn(given, 'wait');
    return call('lock.acquire', {
      ...{ paths, reason: textIn(given, 'reason') },
      wait: wait === undefined || wait === '0' ? undefined : `${wait}s`,
    });
  },
};

const addDiscovery: Tool = {
  name: 'add_discovery',
  description: 'Note what others should know.',
  inputSchema: inputs(
    {
      text: text(),
      kind: oneOf('discovery', 'decision', 'contract', 'constraint', 'state', 'artifact'),
      tags: listOf(text()),
      files: listOf(text(), 'What it is about'),
      key: text('A name to find it by'),
      supersedes: text('Note that it replaces'),
      keep_both: { type: 'boolean', description: 'Beside one of the same key or file' },
    },
    'text',
  ),
  run: ({ call }, given) =>
    call('note.add', {
      ...{ kind: textIn(given, 'kind') ?? 'discovery', text: textIn(given, 'text') },
      ...{ tag: listIn(given, 'tags'), file: listIn(given, 'files') },
      ...{ key: textIn(given, 'key'), supersedes: textIn(given, 'supersedes') },
      keepBoth: given['keep_both'] === true,
    }),
};

const searchContext: Tool = {
  name: 'search_context',
  description: 'What is known of a file or folder (who changed it, when, for which task), or of words.',
  inputSchema: inputs({ query: text('A path, or words') }, 'query'),
  run: ({ call }, given) => call('context', { text: textIn(given, 'query') }),
};

const sendMessage: Tool = {
  name: 'send_message',
  description:
    'Write to an agent, to whoever holds a task, or to lead, human, workers or all. A QUERY is answered from the notes, if they can.',
  inputSchema: inputs(
    {
      to: text('Not for an ANSWER'),
      body: text(),
      type: oneOf('QUESTION', 'QUERY', 'ANSWER', 'INSTRUCTION', 'REVIEW_REQUEST', 'REVIEW_RESULT'),
      reply_to: text('Of an ANSWER: its question'),
      task: text(),
      paths: listOf(text()),
      commit: text('Of a REVIEW_REQUEST'),
      verdict: oneOf('approved', 'changes-requested'),
      findings: listOf(text(), 'Of a REVIEW_RESULT'),
      priority: { type: 'integer', description: '1 urgent to 10' },
    },
    'body',
  ),
  run: ({ call }, given) =>
    call('send', {
      ...{ type: textIn(given, 'type') ?? 'QUESTION', to: textIn(given, 'to'), body: textIn(given, 'body') },
      ...{ replyTo: textIn(given, 'reply_to'), task: textIn(given, 'task'), path: listIn(given, 'paths') },
      ...{ commit: textIn(given, 'commit'), verdict: textIn(given, 'verdict') },
      ...{ finding: listIn(given, 'findings'), priority: numberIn(given, 'priority') },
    }),
};

const getStatus: Tool = {
  name: 'get_status',
  description: 'How work stands and who does what; with an id, all about that task.',
  inputSchema: inputs({ id: text() }),
  async run({ call }, given) {
    const id = textIn(given, 'id');
    return id === undefined ? statusAndTasks(call) : call('task.show', { id });
  },
};

async function statusAndTasks(call: Caller['call']): Promise<Answered> {
  const [status, { output, shown }] = [await call('status', {}), await call('task.list', {})];
  return {
    output: { ...status.output, open: output },
    shown: `${status.shown}\n\n${shown}`,
  };
}

/** What every session has. */
export const WORKER_TOOLS: readonly Tool[] = [
  ...[claimTask, completeTask, report, lockFiles, addDiscovery, searchContext, sendMessage, getStatus],
];
