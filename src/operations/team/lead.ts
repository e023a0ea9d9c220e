import { defined } from '../../store/index.js';
import { defineOperation } from '../operation.js';
import { showStarted, START_FIELDS, startClient } from './start.js';

export const lead = defineOperation({
  name: 'lead',
  rights: ['human'],
  instead: 'Ask a person to start a lead: it has more rights than you.',
  help: 'Start a client in this terminal that leads a team: it plans, creates tasks and writes no files',
  examples: ['callsheet lead "Rate limits for the API"', 'callsheet lead -- --model opus'],
  input: {
    goal: { kind: 'text', positional: true, maxChars: 4_000, help: 'What is to be reached' },
    ...START_FIELDS,
  },
  run: (context, { goal, ...rest }) => startClient(context, { part: 'lead', ...rest, ...defined({ goal }) }),
  show: showStarted,
  exit: ({ exit }) => exit ?? 'done',
});
