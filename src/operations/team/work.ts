import { defineOperation } from '../operation.js';
import { showStarted, START_FIELDS, startClient } from './start.js';

export const work = defineOperation({
  name: 'work',
  rights: ['human'],
  instead: 'Ask a person to start a worker.',
  help: 'Start a client in this terminal that takes tasks until none remain, then waits for more',
  examples: ['callsheet work', 'callsheet work --speciality frontend -- --permission-mode acceptEdits'],
  input: {
    speciality: { kind: 'name', help: 'What it is good at: tasks that name this come to it first' },
    ...START_FIELDS,
  },
  run: (context, input) => startClient(context, { part: 'worker', ...input }),
  show: showStarted,
  exit: ({ exit }) => exit ?? 'done',
});
