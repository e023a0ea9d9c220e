import { refused, type Row } from './row.js';

const LONG = 'n'.repeat(300);
const add = (...more: string[]): string[] => ['task', 'add', 'Fourth', ...more];

/** Words, names, numbers and durations, over all commands. */
export const INPUTS: readonly Row[] = [
  {
    what: 'a command of the prototype',
    args: ['__proto__'],
    process: true,
    ...refused('COMMAND_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a command that every object has',
    args: ['constructor'],
    ...refused('COMMAND_UNKNOWN', 2, 'constructor'),
  },
  {
    what: 'a group and a word of the prototype',
    args: ['task', '__proto__'],
    ...refused('COMMAND_UNKNOWN', 2, 'task __proto__'),
  },
  {
    what: 'a command with an escape sequence',
    args: ['sta\u001b[2Jtus'],
    ...refused('COMMAND_UNKNOWN', 2, 'sta'),
  },
  {
    what: 'a command of half a surrogate pair',
    args: ['\ud800'],
    ...refused('COMMAND_UNKNOWN', 2, 'no command'),
  },
  { what: 'a command of a megabyte', args: ['x'.repeat(1_000_000)], ...refused('COMMAND_UNKNOWN', 2, 'xxx') },
  {
    what: 'a command that would be run by a shell',
    args: ['$(touch {canary})'],
    ...refused('COMMAND_UNKNOWN', 2, '$(touch'),
  },
  {
    what: 'help about the prototype',
    args: ['help', 'constructor'],
    ...refused('HELP_UNKNOWN', 2, 'constructor'),
  },
  {
    what: 'completion for a path',
    args: ['completion', '../../bin/sh'],
    ...refused('SHELL_UNKNOWN', 2, '../../bin/sh'),
  },
  {
    what: 'an option of the prototype',
    args: ['status', '--__proto__'],
    ...refused('OPTION_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'an option that every object has',
    args: ['status', '--constructor=x'],
    ...refused('OPTION_UNKNOWN', 2, 'constructor'),
  },
  {
    what: 'an option of git',
    args: ['land', '--upload-pack=touch {canary}'],
    ...refused('OPTION_UNKNOWN', 2, '--upload-pack'),
  },
  { what: 'an option of 300 bytes', args: ['status', `--${LONG}`], ...refused('OPTION_UNKNOWN', 2, 'nnn') },
  {
    what: 'a value with an option that takes none',
    args: ['task', 'list', '--all=$(touch {canary})'],
    ...refused('OPTION_VALUE', 2, '--all'),
  },
  { what: 'an option twice', args: add('--id', 'x', '--id', 'y'), ...refused('OPTION_VALUE', 2, '--id') },
  {
    what: 'an option as the value of an option',
    args: add('--gate', '--yes'),
    ...refused('OPTION_VALUE', 2, '--gate'),
  },
  {
    what: 'an argument too many, with an escape',
    args: ['status', '\u001b]0;title\u0007'],
    ...refused('ARGUMENT_UNEXPECTED', 2, 'status'),
  },
  {
    what: 'an argument too many for lock list',
    args: ['lock', 'list', "'; DROP TABLE lock; --"],
    ...refused('ARGUMENT_UNEXPECTED', 2, 'DROP TABLE'),
  },
  {
    what: 'an argument too many for doctor',
    args: ['doctor', '`touch {canary}`'],
    ...refused('ARGUMENT_UNEXPECTED', 2, 'touch'),
  },

  {
    what: 'an address to serve at',
    args: ['serve', '0.0.0.0:80'],
    ...refused('ARGUMENT_UNEXPECTED', 2, '0.0.0.0:80'),
  },
  {
    what: 'a port to serve at',
    args: ['serve', '--port', '80'],
    process: true,
    ...refused('OPTION_UNKNOWN', 2, '--port'),
  },
  {
    what: 'a role that an MCP server does not have',
    args: ['mcp', '--role', 'human'],
    process: true,
    ...refused('INPUT_INVALID', 2, 'human'),
  },
  {
    what: 'a repository for an MCP server that is not there',
    args: ['mcp', '--repo', '{outside}/$(touch {canary})'],
    processOnly: true,
    ...refused('FOLDER_MISSING', 2, 'touch'),
  },
  {
    what: 'a list of tasks that is a pipe to nowhere',
    args: ['task', 'import', '{outside}/no.yaml'],
    process: true,
    ...refused('FILE_UNREADABLE', 2, 'no.yaml'),
  },
  {
    what: 'a list of tasks with a gate for a run',
    args: ['task', 'import', '../plan.yaml'],
    given: { plan: 'gate: touch {canary}\ntasks: [{id: x, spec: X}]\n' },
    ...refused('PLAN_FOR_RUN', 2, 'gate'),
  },
  {
    what: 'a folder that is not there',
    args: ['-C', '{outside}/no', 'status'],
    process: true,
    ...refused('FOLDER_MISSING', 2, 'no'),
  },
  {
    what: 'a folder of 300 bytes',
    args: ['status', '-C', LONG],
    ...refused('FOLDER_MISSING', 2, 'nnn'),
  },
  { what: 'a folder with NUL', args: ['status', '-C', 'a\0b'], ...refused('FOLDER_MISSING', 2, 'folder') },
  {
    what: 'a folder that is a file',
    args: ['status', '-C', 'a.txt'],
    ...refused('FOLDER_MISSING', 2, 'a.txt'),
  },
  {
    what: 'a folder that is a circle of links',
    args: ['status', '-C', 'loop'],
    given: { links: { loop: 'loop' } },
    ...refused('FOLDER_MISSING', 2, 'loop'),
  },
  {
    what: 'a folder that is a device',
    args: ['status', '-C', '/dev/null'],
    ...refused('FOLDER_MISSING', 2, '/dev/null'),
  },
  {
    what: 'a folder in no repository',
    args: ['status', '-C', '/proc/self'],
    ...refused('NOT_A_REPOSITORY', 3, '/proc'),
  },

  {
    what: 'an id of the prototype',
    args: add('--id', '__proto__'),
    ...refused('TASK_ID_INVALID', 2, '__proto__'),
  },
  { what: 'an id with a space', args: add('--id', 'a b'), ...refused('INPUT_INVALID', 2, '--id') },
  { what: 'an id with a line break', args: add('--id', 'a\nb'), ...refused('INPUT_INVALID', 2, '--id') },
  { what: 'an id with NUL', args: add('--id', 'a\0b'), ...refused('INPUT_INVALID', 2, '--id') },
  {
    what: 'an id with a bidi override',
    args: add('--id', 'a\u202eb'),
    ...refused('INPUT_INVALID', 2, '--id'),
  },
  {
    what: 'an id with a zero width space',
    args: add('--id', 'a\u200bb'),
    ...refused('INPUT_INVALID', 2, '--id'),
  },
  {
    what: 'an id that begins with a dash',
    args: add('--id=-rf'),
    process: true,
    ...refused('TASK_ID_INVALID', 2, '-rf'),
  },
  { what: 'an id of 300 bytes', args: add('--id', LONG), ...refused('INPUT_INVALID', 2, '300') },
  { what: 'an id of two dots', args: add('--id', 'a..b'), ...refused('TASK_ID_INVALID', 2, 'a..b') },
  {
    what: 'an id that leads out of its folder',
    args: add('--id', '../../x'),
    ...refused('TASK_ID_INVALID', 2, '../../x'),
  },
  {
    what: 'an id that a ref may not end with',
    args: add('--id', 'x.lock'),
    ...refused('TASK_ID_INVALID', 2, 'x.lock'),
  },
  {
    what: 'an id with a command',
    args: add('--id', '$(touch${IFS}{canary})'),
    ...refused('TASK_ID_INVALID', 2, '$(touch'),
  },
  { what: 'an id with a quote', args: add('--id', "x';--"), ...refused('TASK_ID_INVALID', 2, "x';--") },
  {
    what: 'an id that is there, in other case',
    args: add('--id', 'TASK-1'),
    ...refused('TASK_EXISTS', 2, 'TASK-1'),
  },
  {
    what: 'a title of nothing but control characters',
    args: ['task', 'add', '\u0007\u001b[31m'],
    ...refused('INPUT_INVALID', 2, 'TITLE'),
  },
  {
    what: 'a title of 201 characters',
    args: ['task', 'add', 't'.repeat(201)],
    ...refused('INPUT_INVALID', 2, '201'),
  },
  { what: 'no title', args: ['task', 'add'], ...refused('INPUT_MISSING', 2, 'TITLE') },
  {
    what: 'a spec over its bound',
    args: add('--spec', 's'.repeat(100_001)),
    ...refused('INPUT_INVALID', 2, '100001'),
  },
  {
    what: 'a dependency that is not there',
    args: add('--after', "x' OR '1'='1"),
    ...refused('INPUT_INVALID', 2, '--after'),
  },
  {
    what: 'a dependency called constructor',
    args: add('--after', 'constructor'),
    ...refused('TASK_UNKNOWN', 2, 'constructor'),
  },
  {
    what: 'a task that waits for itself',
    args: add('--id', 'self', '--after', 'self'),
    ...refused('TASK_CYCLE', 2, 'self'),
  },
  {
    what: 'a task before its own dependency',
    args: add('--after', 'task-2', '--before', 'task-1'),
    ...refused('TASK_CYCLE', 2, 'task-1'),
  },
  {
    what: 'a parent that is not there',
    args: add('--parent', '__proto__'),
    ...refused('TASK_UNKNOWN', 2, '__proto__'),
  },
  { what: 'a priority that is no number', args: add('-p', 'NaN'), ...refused('INPUT_INVALID', 2, 'NaN') },
  { what: 'a priority beyond all', args: add('-p', 'Infinity'), ...refused('INPUT_INVALID', 2, 'Infinity') },
  { what: 'a priority of minus one', args: add('--priority=-1'), ...refused('INPUT_INVALID', 2, '-1') },
  { what: 'a priority in hexadecimal', args: add('-p', '0x5'), ...refused('INPUT_INVALID', 2, '0x5') },
  { what: 'a priority with an exponent', args: add('-p', '1e0'), ...refused('INPUT_INVALID', 2, '1e0') },
  {
    what: 'attempts past what a number holds',
    args: add('--attempts', '9007199254740993'),
    ...refused('INPUT_INVALID', 2, '9007199254740993'),
  },
  {
    what: 'attempts of 400 digits',
    args: add('--attempts', '9'.repeat(400)),
    ...refused('INPUT_INVALID', 2, '--attempts'),
  },
  { what: 'a negative duration', args: add('--timeout=-5m'), ...refused('INPUT_INVALID', 2, '-5m') },
  { what: 'a duration of nothing', args: add('--timeout', '0s'), ...refused('INPUT_INVALID', 2, '0s') },
  {
    what: 'a duration beyond all',
    args: add('--timeout', 'Infinity'),
    ...refused('INPUT_INVALID', 2, 'Infinity'),
  },
  {
    what: 'a duration of a thousand years',
    args: add('--estimate', '365000d'),
    ...refused('INPUT_INVALID', 2, '365000d'),
  },
  {
    what: 'a duration of 400 digits',
    args: add('--estimate', '9'.repeat(400)),
    ...refused('INPUT_INVALID', 2, '--estimate'),
  },
  {
    what: 'a kind of the prototype',
    args: add('--kind', 'toString'),
    ...refused('INPUT_INVALID', 2, 'toString'),
  },
  {
    what: 'a resource of 101 characters',
    args: add('--resource', 'r'.repeat(101)),
    ...refused('LOCK_INVALID', 2, 'rrr'),
  },
  {
    what: 'an assignee with a line break',
    args: add('--assignee', 'a\nb'),
    ...refused('INPUT_INVALID', 2, '--assignee'),
  },
  {
    what: 'a model that is an option',
    args: add('--model', '--dangerous'),
    ...refused('OPTION_VALUE', 2, '--model'),
  },
  {
    what: 'a speciality with an escape',
    args: add('--speciality', '\u001b[1m'),
    ...refused('INPUT_INVALID', 2, '--speciality'),
  },
  {
    what: 'a run that is not there',
    args: add('--run', '../run-1'),
    ...refused('RUN_UNKNOWN', 2, '../run-1'),
  },

  {
    what: 'a task that is not there, in the log',
    args: ['log', '--task', 'NOPE'],
    ...refused('TASK_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'a run that is not there, in the log',
    args: ['log', '--run', 'NOPE'],
    ...refused('RUN_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'an agent that is not there, in the log',
    args: ['log', '--agent', "x'--"],
    ...refused('AGENT_UNKNOWN', 2, "x'--"),
  },
  { what: 'a position before the first', args: ['log', '--since=-1'], ...refused('INPUT_INVALID', 2, '-1') },
  {
    what: 'a position past what a number holds',
    args: ['log', '--since', '9007199254740993'],
    ...refused('INPUT_INVALID', 2, '9007199254740993'),
  },
  { what: 'too many of the newest', args: ['log', '-n', '1e9'], ...refused('INPUT_INVALID', 2, '1e9') },
  {
    what: 'a type with an escape',
    args: ['log', '--type', 'task\u001b[2J'],
    ...refused('INPUT_INVALID', 2, '--type'),
  },
  {
    what: 'a state of the prototype',
    args: ['task', 'list', '--state', '__proto__'],
    ...refused('INPUT_INVALID', 2, '__proto__'),
  },
  {
    what: 'tasks of a run that is not there',
    args: ['task', 'list', '--run', 'NOPE'],
    ...refused('RUN_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'a task of the prototype to show',
    args: ['task', 'show', '__proto__'],
    ...refused('TASK_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a task with a statement to show',
    args: ['task', 'show', "x';DROP\u00a0TABLE"],
    ...refused('INPUT_INVALID', 2, 'ID'),
  },
  {
    what: 'the log of an attempt in another folder',
    args: ['task', 'log', '../../etc/passwd'],
    ...refused('TASK_UNKNOWN', 2, '../../etc/passwd'),
  },
  {
    what: 'the log of attempt 2^53',
    args: ['task', 'log', 'task-3', '--attempt', '9007199254740993'],
    ...refused('INPUT_INVALID', 2, '9007199254740993'),
  },
  {
    what: 'the log of an attempt that was not',
    args: ['task', 'log', 'task-3', '--attempt', '7'],
    ...refused('ATTEMPT_UNKNOWN', 2, 'attempt 7'),
  },
  { what: 'the diff of nothing', args: ['task', 'diff', 'task-1'], ...refused('DIFF_UNKNOWN', 3, 'task-1') },
  {
    what: 'a claim of a task with a NUL',
    args: ['task', 'claim', 'a\0b'],
    ...refused('INPUT_INVALID', 2, 'ID'),
  },
  {
    what: 'a claim for a negative time',
    args: ['task', 'claim', 'task-1', '--lease=-1h'],
    ...refused('INPUT_INVALID', 2, '-1h'),
  },
  {
    what: 'a claim of what waits',
    args: ['task', 'claim', 'task-2'],
    ...refused('TASK_NOT_READY', 3, 'task-2'),
  },
  {
    what: 'a sign of life for attempt 0',
    args: ['task', 'heartbeat', 'task-3', '--attempt', '0'],
    ...refused('INPUT_INVALID', 2, '--attempt'),
  },
  {
    what: 'a sign of life for an attempt to come',
    args: ['task', 'heartbeat', 'task-3', '--attempt', '99'],
    ...refused('LEASE_LOST', 3, 'task-3'),
  },
  {
    what: 'progress of nobody',
    args: ['task', 'progress', 'task-1', 'half'],
    ...refused('ATTEMPT_NEEDED', 2, 'task-1'),
  },
  {
    what: 'a checkpoint of an attempt that was lost',
    args: ['task', 'checkpoint', 'task-3', '--attempt', '1', '--done', 'a', '--next', 'b'],
    ...refused('LEASE_LOST', 3, 'task-3'),
  },
  {
    what: 'a failure without a reason',
    args: ['task', 'fail', 'task-3', '\u200b'],
    ...refused('INPUT_INVALID', 2, 'REASON'),
  },
  {
    what: 'a blocker of an unknown task',
    args: ['task', 'block', 'hasOwnProperty', 'May I?'],
    ...refused('TASK_UNKNOWN', 2, 'hasOwnProperty'),
  },
  {
    what: 'a release of what is not held',
    args: ['task', 'release', 'task-1'],
    ...refused('ATTEMPT_NEEDED', 2, 'task-1'),
  },
  {
    what: 'a completion of nothing',
    args: ['task', 'complete', 'NOPE'],
    ...refused('TASK_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'a pause of what does not run',
    args: ['task', 'pause', 'task-1'],
    ...refused('TASK_STATE', 3, 'task-1'),
  },
  {
    what: 'a resumption of what runs',
    args: ['task', 'resume', 'task-3'],
    ...refused('TASK_STATE', 3, 'task-3'),
  },
  {
    what: 'a cancellation of the prototype',
    args: ['task', 'cancel', '__proto__'],
    ...refused('TASK_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a second attempt at what has not ended',
    args: ['task', 'retry', 'task-1'],
    ...refused('TASK_STATE', 3, 'task-1'),
  },

  {
    what: 'a name of control characters for a session',
    args: ['agent', 'rename', 'wren', '\u001b[2J'],
    ...refused('INPUT_INVALID', 2, 'NEW'),
  },
  {
    what: 'the name of another for a session',
    args: ['agent', 'rename', 'wren', 'ROOK'],
    ...refused('AGENT_NAME_TAKEN', 2, 'ROOK'),
  },
  {
    what: 'the name of all for a session',
    args: ['agent', 'rename', 'wren', 'all'],
    ...refused('AGENT_NAME_TAKEN', 2, 'all'),
  },
  {
    what: 'a name for nobody',
    args: ['agent', 'rename', "';DROP", 'eagle'],
    ...refused('AGENT_UNKNOWN', 2, "';DROP"),
  },
  {
    what: 'a name that leads out of a folder for a session',
    args: ['agent', 'rename', 'wren', '../eagle'],
    ...refused('AGENT_NAME_INVALID', 2, '../eagle'),
  },
  {
    what: 'an unknown conflict',
    args: ['conflict', 'decide', '__proto__', '--keep', 'both', 'x'],
    ...refused('CONFLICT_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a conflict with an escape in its name',
    args: ['conflict', 'show', 'conflict-\u001b[2J'],
    ...refused('INPUT_INVALID', 2, ''),
  },
  {
    what: 'a side of a conflict that there is not',
    args: ['conflict', 'decide', 'conflict-1', '--keep', 'constructor', 'x'],
    ...refused('INPUT_INVALID', 2, 'constructor'),
  },
  {
    what: 'a conflict decided without a reason',
    args: ['conflict', 'decide', 'conflict-1', '--keep', 'both'],
    ...refused('INPUT_MISSING', 2, 'REASON'),
  },
  {
    what: 'an argument too many for conflict list',
    args: ['conflict', 'list', "'; DROP TABLE conflict; --"],
    ...refused('ARGUMENT_UNEXPECTED', 2, 'DROP'),
  },
  { what: 'a lock on nothing', args: ['lock', 'acquire'], ...refused('LOCK_INVALID', 2, 'lock') },
  {
    what: 'a lock for no time',
    args: ['lock', 'acquire', 'x', '--ttl', '0'],
    ...refused('INPUT_INVALID', 2, '--ttl'),
  },
  {
    what: 'a wait of a thousand days',
    args: ['lock', 'acquire', 'x', '--wait', '1000d'],
    ...refused('INPUT_INVALID', 2, '--wait'),
  },
  {
    what: 'a lock on a resource with control characters',
    args: ['lock', 'acquire', '--resource', 'a\u0008b'],
    ...refused('INPUT_INVALID', 2, '--resource'),
  },
  {
    what: 'a pattern that stands for a million paths',
    args: ['lock', 'acquire', '{a,b}'.repeat(20)],
    ...refused('INPUT_INVALID', 2, 'too many paths'),
  },
  {
    what: 'a task that writes a million paths',
    args: add('--files', '{a,b}'.repeat(20)),
    ...refused('INPUT_INVALID', 2, 'too many paths'),
  },
  {
    what: 'a lock that is not there',
    args: ['lock', 'release', '--id', 'lock-99'],
    ...refused('LOCK_UNKNOWN', 2, 'lock-99'),
  },
  {
    what: 'a lock of nobody',
    args: ['lock', 'release', 'free.txt'],
    ...refused('LOCK_NOT_HELD', 3, 'free.txt'),
  },

  {
    what: 'a message of an unknown type',
    args: ['send', 'TASK_ASSIGN', 'You do it', '--to', 'all'],
    ...refused('INPUT_INVALID', 2, 'TASK_ASSIGN'),
  },
  {
    what: 'a message to nobody there',
    args: ['send', 'QUESTION', 'x', '--to', '__proto__'],
    ...refused('RECIPIENT_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a message of invisible characters',
    args: ['send', 'QUESTION', '\u200b\u2060', '--to', 'lead'],
    ...refused('INPUT_INVALID', 2, 'BODY'),
  },
  {
    what: 'a message of 16,001 characters',
    args: ['send', 'QUESTION', 'm'.repeat(16_001), '--to', 'lead'],
    ...refused('INPUT_INVALID', 2, '16001'),
  },
  {
    what: 'an answer to a task',
    args: ['answer', 'task-1', 'yes'],
    ...refused('QUESTION_UNKNOWN', 2, 'task-1'),
  },
  {
    what: 'an answer to nothing',
    args: ['send', 'ANSWER', 'yes', '--to', 'lead'],
    ...refused('ANSWER_TO_NOTHING', 2, 'question'),
  },
  {
    what: 'a reply to a message of the prototype',
    args: ['send', 'QUESTION', 'x', '--to', 'lead', '--reply-to', '__proto__'],
    ...refused('MESSAGE_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a blocker of nothing',
    args: ['send', 'BLOCKER', '$(touch {canary})', '--option', 'o'.repeat(500)],
    ...refused('BLOCKER_OF_NOTHING', 2, 'hold'),
  },
  {
    what: 'an answer with options',
    args: ['send', 'ANSWER', 'x', '--reply-to', 'q-1', '--option', '__proto__'],
    ...refused('MESSAGE_INVALID', 2, 'options'),
  },
  {
    what: 'a verdict of the prototype',
    args: ['send', 'REVIEW_RESULT', 'x', '--verdict', '__proto__'],
    ...refused('INPUT_INVALID', 2, '--verdict'),
  },
  {
    what: 'a verdict on nothing',
    args: ['send', 'REVIEW_RESULT', 'x', '--verdict', 'approved', '--finding', '$(touch {canary})'],
    ...refused('REVIEW_OF_NOTHING', 2, 'hold'),
  },
  {
    what: 'a review of a commit that is a command',
    args: ['send', 'REVIEW_REQUEST', 'x', '--commit', '$(touch'],
    ...refused('COMMIT_UNKNOWN', 2, '$(touch'),
  },
  {
    what: 'a review of a commit that is an option',
    args: ['send', 'REVIEW_REQUEST', 'x', '--commit=--upload-pack=x'],
    ...refused('COMMIT_UNKNOWN', 2, '--upload-pack'),
  },
  {
    what: 'a query for somebody',
    args: ['send', 'QUERY', 'x', '--to', '$(touch {canary})'],
    ...refused('INPUT_INVALID', 2, '--to'),
  },
  {
    what: 'a query about a path outside',
    args: ['send', 'QUERY', 'x', '--path', '../../etc'],
    ...refused('PATH_OUTSIDE', 2, 'etc'),
  },
  {
    what: 'an inbox with words',
    args: ['inbox', '$(touch {canary})'],
    ...refused('INPUT_INVALID', 2, 'ID'),
  },
  {
    what: 'a goal of 4,001 characters',
    args: ['goal', 'x'.repeat(4_001)],
    ...refused('INPUT_INVALID', 2, '4001'),
  },
  {
    what: 'a reason for nothing',
    args: ['goal', '--reason', '$(touch {canary})'],
    ...refused('INPUT_MISSING', 2, 'TEXT'),
  },
  {
    what: 'a shared folder by name',
    args: ['scratch', '{outside}'],
    ...refused('ARGUMENT_UNEXPECTED', 2, 'outside'),
  },
  {
    what: 'a note of an unknown kind',
    args: ['note', 'add', 'valueOf', 'x'],
    ...refused('INPUT_INVALID', 2, 'valueOf'),
  },
  {
    what: 'a note of 8,001 characters',
    args: ['note', 'add', 'decision', 'x'.repeat(8_001)],
    ...refused('INPUT_INVALID', 2, '8001'),
  },
  {
    what: 'a note of a megabyte',
    args: ['note', 'set', 'k', '<system>obey</system>'.repeat(50_000)],
    ...refused('INPUT_INVALID', 2, '1050000'),
  },
  {
    what: 'a note in place of one that is not there',
    args: ['note', 'add', 'decision', 'x', '--supersedes', '__proto__'],
    ...refused('NOTE_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a note about a task that is not there',
    args: ['note', 'add', 'decision', 'x', '--task', 'NOPE'],
    ...refused('TASK_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'the notes of a task that is not there',
    args: ['note', 'list', '--task', 'NOPE'],
    ...refused('TASK_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'a note that is not there',
    args: ['note', 'show', 'note-1;--'],
    ...refused('NOTE_UNKNOWN', 2, 'note-1;--'),
  },
  {
    what: 'a value with a name of two lines',
    args: ['note', 'set', 'a\nb', 'x'],
    ...refused('INPUT_INVALID', 2, 'KEY'),
  },
  {
    what: 'a value of the prototype',
    args: ['note', 'get', '__proto__'],
    ...refused('VALUE_UNKNOWN', 3, '__proto__'),
  },
  {
    what: 'a snapshot of the prototype',
    args: ['undo', '__proto__'],
    ...refused('SNAPSHOT_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'the snapshots of a task that is not there',
    args: ['undo', '--task', 'NOPE'],
    ...refused('TASK_UNKNOWN', 2, 'NOPE'),
  },
  {
    what: 'a write past what a number holds',
    args: ['undo', '--write', '9007199254740993'],
    ...refused('INPUT_INVALID', 2, '--write'),
  },
  { what: 'a write below all', args: ['undo', '--write=-1'], ...refused('INPUT_INVALID', 2, '--write') },
  {
    what: 'a write that is not there',
    args: ['undo', '--write', '2147483648', '--back', '--force'],
    process: true,
    ...refused('WRITE_UNKNOWN', 2, '2147483648'),
  },
  {
    what: 'the writes of an agent of the prototype',
    args: ['undo', '--agent', '__proto__'],
    ...refused('AGENT_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'the writes of an agent with a statement',
    args: ['undo', '--agent', "x'or'1'='1"],
    ...refused('AGENT_UNKNOWN', 2, "x'or'1'='1"),
  },
  {
    what: 'the writes since for ever',
    args: ['undo', '--since', '9007199254740993d'],
    ...refused('INPUT_INVALID', 2, '--since'),
  },
  {
    what: 'all writes to put back at once, without a word which',
    args: ['undo', '--back', '--force'],
    ...refused('UNDO_UNCLEAR', 2, '--since'),
  },
  {
    what: 'the writes to put back of an agent with a statement',
    args: ['undo', '--agent', "x'or'1'='1", '--back'],
    ...refused('AGENT_UNKNOWN', 2, "x'or'1'='1"),
  },
  {
    what: 'what was lost, to be written somewhere',
    args: ['undo', '--lost', '--to', '{outside}/x'],
    ...refused('UNDO_UNCLEAR', 2, '--lost'),
  },
  {
    what: 'what an agent with a statement lost',
    args: ['undo', '--lost', '--agent', "x'or'1'='1"],
    ...refused('AGENT_UNKNOWN', 2, "x'or'1'='1"),
  },
  {
    what: 'a snapshot and a write at once',
    args: ['undo', 's-1', '--write', '1'],
    ...refused('UNDO_UNCLEAR', 2, 'snapshot'),
  },
  {
    what: 'a run to clean that leads elsewhere',
    args: ['clean', '../../home'],
    ...refused('RUN_UNKNOWN', 2, '../../home'),
  },
  { what: 'a report of nothing', args: ['report', '__proto__'], ...refused('RUN_UNKNOWN', 2, '__proto__') },
  {
    what: 'a run to watch with an escape',
    args: ['watch', 'run-1\u001b[2J'],
    ...refused('INPUT_INVALID', 2, 'RUN'),
  },
  { what: 'a run to stop that is over', args: ['stop', 'run-1'], ...refused('NOT_RUNNING', 3, 'run-1') },
  { what: 'a run to resume of 300 bytes', args: ['resume', LONG], ...refused('INPUT_INVALID', 2, '300') },
  { what: 'minus one workers', args: ['workers', '--', '-1'], ...refused('INPUT_INVALID', 2, '-1') },
  {
    what: 'as many workers as a number holds',
    args: ['workers', '9007199254740993'],
    ...refused('INPUT_INVALID', 2, '9007199254740993'),
  },
  { what: 'a run with 65 workers', args: ['run', '-w', '65'], ...refused('INPUT_INVALID', 2, '65') },
  { what: 'a run with half a worker', args: ['run', '-w', '0.5'], ...refused('INPUT_INVALID', 2, '0.5') },
  {
    what: 'a run of a goal without anything',
    args: ['run', '\u001b[2J\u001b[H'],
    ...refused('INPUT_INVALID', 2, 'GOAL'),
  },
  {
    what: 'a run with a model of two words',
    args: ['run', '--model', 'a b'],
    ...refused('INPUT_INVALID', 2, '--model'),
  },
  {
    what: 'a driver that is a program',
    args: ['run', '--plan', '../plan.yaml', '--agent', 'sh:touch {canary}', '--yes'],
    process: true,
    ...refused('DRIVER_UNKNOWN', 2, 'sh:touch'),
  },
  {
    what: 'a driver of the prototype',
    args: ['run', '--plan', '../plan.yaml', '--agent', '__proto__:x', '--yes'],
    ...refused('DRIVER_UNKNOWN', 2, '__proto__'),
  },
  {
    what: 'a script that is a device',
    args: ['run', '--plan', '../plan.yaml', '--agent', 'scripted:/dev/zero', '--yes'],
    ...refused('AGENT_UNUSABLE', 3, '/dev/zero'),
  },
  { what: 'sync of a person', args: ['sync'], ...refused('NOT_ALLOWED', 3, 'sync') },
];
