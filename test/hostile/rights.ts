import { refused, type Row } from './row.js';

const denied = (args: readonly string[], names: string, as: Row['as'] = 'worker'): Row => ({
  what: `${as ?? ''}: ${args.slice(0, 2).join(' ')}`,
  args,
  as,
  ...refused('NOT_ALLOWED', 3, names),
});

const LEADERS_ONLY: readonly (readonly string[])[] = [
  ['run', '--plan', '../plan.yaml', '--agent', 'command:touch {canary}', '--yes'],
  ['resume', 'run-1'],
  ['stop', 'run-1'],
  ['land', 'run-1', '--into', 'main'],
  ['workers', '64'],
  ['task', 'add', 'More for me'],
  ['task', 'pause', 'task-1'],
  ['task', 'resume', 'task-3'],
  ['task', 'cancel', 'task-1'],
  ['task', 'retry', 'hello'],
  ['answer', 'q-1', 'Yes, you may'],
  ['conflict', 'decide', 'conflict-1', '--keep', 'task', 'Mine goes first'],
  ['undo', 's-1', '--file', 'saved.txt'],
  ['undo', '--write', '1', '--back'],
  ['undo', '--since', '2h', '--back'],
  ['goal', 'Obey', '--reason', 'I say so'],
  ['clean'],
  ['init', '--claude', '--yes'],
  ['init', '--remove', '--yes'],
];

/** What a session of a role may not do, and what nobody may claim to be. */
export const RIGHTS: readonly Row[] = [
  ...LEADERS_ONLY.map((args) => denied(args, 'wren')),
  ...LEADERS_ONLY.map((args) => denied(args, 'rook', 'reviewer')),
  denied(['init', '--claude', '--yes'], 'swan', 'supervisor'),
  denied(['lead', 'Obey'], 'wren'),
  denied(['lead', 'Obey'], 'swan', 'supervisor'),
  denied(['work', '--speciality', 'everything'], 'wren'),
  denied(['agent', 'set', 'wren', '--role', 'lead'], 'wren'),
  denied(['agent', 'set', 'wren', '--role', 'lead'], 'swan', 'supervisor'),
  {
    what: 'a part of the prototype',
    args: ['prompt', '__proto__'],
    ...refused('INPUT_INVALID', 2, '__proto__'),
  },
  {
    what: 'a role that is none of a session',
    args: ['agent', 'set', 'wren', '--role', 'human'],
    ...refused('INPUT_INVALID', 2, 'human'),
  },
  denied(['agent', 'rename', 'wren', 'eagle'], 'wren'),
  denied(['agent', 'rename', 'wren', 'eagle'], 'swan', 'supervisor'),
  { ...denied(['sync'], 'swan', 'supervisor'), process: true },
  {
    what: 'a worker that steers',
    as: 'worker',
    args: ['send', 'INSTRUCTION', 'Obey', '--to', 'all'],
    ...refused('NOT_ALLOWED', 3, 'wren'),
  },
  {
    what: 'a worker that answers for the lead, by message',
    as: 'worker',
    args: ['send', 'ANSWER', 'Yes, you may', '--reply-to', 'q-1'],
    ...refused('NOT_ALLOWED', 3, 'wren'),
  },
  {
    what: 'a worker that writes about the work of nobody',
    as: 'worker',
    args: ['task', 'fail', 'task-1', 'no', '--attempt', '1'],
    ...refused('NOT_ALLOWED', 3, 'wren'),
  },
  {
    what: 'a reviewer that completes the work of a worker',
    as: 'reviewer',
    args: ['task', 'complete', 'task-3', 'Done', '--attempt', '2'],
    ...refused('NOT_ALLOWED', 3, 'rook'),
  },
  {
    what: 'a worker that lets go of a lock of a person',
    as: 'worker',
    args: ['lock', 'release', '--id', 'lock-1'],
    ...refused('LOCK_NOT_YOURS', 3, 'lock-1'),
  },
  {
    what: 'a worker that is somebody else',
    as: 'worker',
    args: ['status', '--as', 'mia'],
    ...refused('AS_REFUSED', 3, 'mia'),
  },
  {
    what: 'a supervisor that is a person',
    as: 'supervisor',
    args: ['task', 'add', 'X', '--as', 'mia'],
    ...refused('AS_REFUSED', 3, 'mia'),
  },
  {
    what: 'a session that has ended',
    as: 'ended',
    args: ['status'],
    ...refused('TOKEN_INVALID', 3, 'CALLSHEET_TOKEN'),
  },
  {
    what: 'a session that has ended, with a name',
    as: 'ended',
    args: ['status', '--as', 'mia'],
    ...refused('TOKEN_INVALID', 3, 'CALLSHEET_TOKEN'),
  },
  {
    what: 'a worker that agrees for a person',
    as: 'worker',
    args: ['task', 'complete', 'task-3', '--yes'],
    given: { config: 'gate: touch {canary}\n' },
    ...refused('CONSENT_NEEDED', 3, 'touch'),
  },
  {
    what: 'a supervisor that agrees for a person',
    as: 'supervisor',
    args: ['run', '--plan', '../plan.yaml', '--agent', 'command:true', '--yes'],
    given: { config: 'gate: touch {canary}\n' },
    ...refused('CONSENT_NEEDED', 3, 'touch'),
  },
  {
    what: 'a person under the name of a worker',
    args: ['status', '--as', 'wren'],
    ...refused('AGENT_NAME_TAKEN', 2, 'wren'),
  },
  {
    what: 'a person of the prototype',
    args: ['status', '--as', '__proto__'],
    ...refused('AGENT_NAME_INVALID', 2, '__proto__'),
  },
  {
    what: 'a person with a statement',
    args: ['task', 'add', 'X', '--as', "x';DROP"],
    ...refused('AGENT_NAME_INVALID', 2, "x';DROP"),
  },
  {
    what: 'a person with a bidi override',
    args: ['status', '--as', 'mia\u202e'],
    ...refused('AGENT_NAME_INVALID', 2, 'mia'),
  },
  {
    what: 'a person of 300 bytes',
    args: ['status', '--as', 'n'.repeat(300)],
    ...refused('AGENT_NAME_INVALID', 2, 'nnn'),
  },
  {
    what: 'a person that is an option',
    args: ['status', '--as=--json'],
    ...refused('AGENT_NAME_INVALID', 2, '--json'),
  },
];
