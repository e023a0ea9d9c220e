import { accepted, refused, type Row } from './row.js';

const store = (
  what: string,
  value: string,
  code: string,
  exit: 1 | 2 | 3,
  names: string,
  given?: Row['given'],
): Row => ({
  what: `CALLSHEET_STORE: ${what}`,
  args: ['task', 'list'],
  env: { CALLSHEET_STORE: value },
  ...(given === undefined ? {} : { given }),
  ...refused(code, exit, names),
});

/** What the process takes from its surroundings and must not follow. */
const ignored = (
  what: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ['task', 'list'],
  more: Partial<Row> = {},
): Row => ({
  what,
  args,
  env,
  processOnly: true,
  given: {},
  ...accepted(),
  ...more,
});

const SAVE = ['task', 'checkpoint', 'task-3', '--attempt', '2', '--done', 'a', '--next', 'b'];

/** Every variable of the environment that is read, and those that programs underneath would read. */
export const ENVIRONMENT: readonly Row[] = [
  store('no address', 'x', 'STORE_URL', 2, 'x'),
  store('a server', 'postgres://evil/x', 'STORE_URL', 2, 'postgres://evil'),
  store('a relative path', 'sqlite:sheet.db', 'STORE_URL', 2, 'sheet.db'),
  store('an escape', '\u001b[2J', 'STORE_URL', 2, 'no store'),
  store('/etc/passwd', 'sqlite:/etc/passwd', 'STORE_CORRUPT', 1, '/etc/passwd'),
  store('a device', 'sqlite:/dev/null', 'STORE_UNREACHABLE', 3, '/dev/null'),
  store('a device without end', 'sqlite:/dev/zero', 'STORE_UNREACHABLE', 3, '/dev/zero'),
  store('a folder', 'sqlite:{outside}', 'STORE_UNREACHABLE', 3, '{outside}'),
  store('a FIFO', 'sqlite:{root}/pipe', 'STORE_UNREACHABLE', 3, 'pipe', { fifos: ['pipe'] }),
  store('a file of others', 'sqlite:{outside}/secret.txt', 'STORE_CORRUPT', 1, 'secret.txt'),
  store('below a file', 'sqlite:{outside}/secret.txt/x', 'STORE_UNREACHABLE', 3, 'secret.txt'),
  store('/proc', 'sqlite:/proc/self/x/sheet.db', 'STORE_UNREACHABLE', 3, '/proc'),
  store('300 bytes', `sqlite:/${'n'.repeat(300)}`, 'STORE_UNREACHABLE', 3, 'nnn'),
  store('a link that leads nowhere, below a file', 'sqlite:{root}/link', 'STORE_UNREACHABLE', 3, 'link', {
    links: { link: '{outside}/secret.txt/x' },
  }),
  {
    what: 'CALLSHEET_TOKEN: a statement',
    args: ['status'],
    env: { CALLSHEET_TOKEN: "' OR 1=1 --" },
    process: true,
    ...refused('TOKEN_INVALID', 3, 'CALLSHEET_TOKEN'),
  },
  {
    what: 'CALLSHEET_TOKEN: a megabyte',
    args: ['status'],
    env: { CALLSHEET_TOKEN: 'x'.repeat(100_000) },
    ...refused('TOKEN_INVALID', 3, 'CALLSHEET_TOKEN'),
  },
  {
    what: 'CALLSHEET_AGENT: two words',
    args: ['status'],
    env: { CALLSHEET_AGENT: 'a b' },
    process: true,
    ...refused('AGENT_NAME_INVALID', 2, 'a b'),
  },
  {
    what: 'CALLSHEET_AGENT: an escape',
    args: ['status'],
    env: { CALLSHEET_AGENT: '\u001b[2Jx' },
    ...refused('AGENT_NAME_INVALID', 2, 'x'),
  },
  {
    what: 'CALLSHEET_AGENT: a worker',
    args: ['status'],
    env: { CALLSHEET_AGENT: 'wren' },
    ...refused('AGENT_NAME_TAKEN', 2, 'wren'),
  },
  {
    what: 'CALLSHEET_AGENT: the prototype',
    args: ['task', 'add', 'X'],
    env: { CALLSHEET_AGENT: '__proto__' },
    ...refused('AGENT_NAME_INVALID', 2, '__proto__'),
  },
  {
    what: 'CALLSHEET_ATTEMPT: no number',
    args: ['task', 'heartbeat', 'task-1'],
    env: { CALLSHEET_TASK: 'task-1', CALLSHEET_ATTEMPT: 'NaN' },
    ...refused('ATTEMPT_NEEDED', 2, 'task-1'),
  },
  {
    what: 'CALLSHEET_ATTEMPT: minus one',
    args: ['task', 'heartbeat', 'task-1'],
    env: { CALLSHEET_TASK: 'task-1', CALLSHEET_ATTEMPT: '-1' },
    ...refused('ATTEMPT_NEEDED', 2, 'task-1'),
  },
  {
    what: 'CALLSHEET_ATTEMPT: past what a number holds',
    args: ['task', 'heartbeat', 'task-1'],
    env: { CALLSHEET_TASK: 'task-1', CALLSHEET_ATTEMPT: '9007199254740993' },
    ...refused('ATTEMPT_NEEDED', 2, 'task-1'),
  },
  {
    what: 'CALLSHEET_ATTEMPT: another one',
    as: 'worker',
    args: ['task', 'heartbeat', 'task-3'],
    env: { CALLSHEET_TASK: 'task-3', CALLSHEET_ATTEMPT: '1' },
    ...refused('LEASE_LOST', 3, 'task-3'),
  },
  {
    what: 'CALLSHEET_TASK: another one',
    as: 'worker',
    args: ['task', 'heartbeat', 'task-1'],
    env: { CALLSHEET_TASK: 'task-1', CALLSHEET_ATTEMPT: '1' },
    ...refused('NOT_ALLOWED', 3, 'wren'),
  },
  {
    what: 'CALLSHEET_NO_SERVER that a shell would run',
    args: ['status'],
    env: { CALLSHEET_NO_SERVER: '$(touch {canary})' },
    ...accepted(),
  },
  {
    what: 'CALLSHEET_DEBUG with an error of the person',
    args: ['task', 'show', 'NOPE'],
    env: { CALLSHEET_DEBUG: 'yes' },
    ...refused('TASK_UNKNOWN', 2, 'NOPE'),
  },
  ignored(
    'GIT_DIR elsewhere',
    { GIT_DIR: '{outside}/.git', GIT_WORK_TREE: '{outside}', GIT_COMMON_DIR: '{outside}' },
    SAVE,
  ),
  ignored(
    'GIT_INDEX_FILE and objects elsewhere',
    { GIT_INDEX_FILE: '{canary}', GIT_OBJECT_DIRECTORY: '{canary}', GIT_NAMESPACE: 'evil' },
    SAVE,
  ),
  ignored(
    'GIT_CONFIG_COUNT with programs',
    {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: 'touch {canary}',
      GIT_CONFIG_KEY_1: 'filter.x.clean',
      GIT_CONFIG_VALUE_1: 'touch {canary}',
    },
    SAVE,
    { given: { files: { '.gitattributes': '* filter=x\n' } } },
  ),
  ignored(
    'GIT_CONFIG_PARAMETERS with a program',
    { GIT_CONFIG_PARAMETERS: "'core.fsmonitor'='touch {canary}'" },
    SAVE,
  ),
  ignored(
    'programs for git',
    {
      GIT_EXTERNAL_DIFF: 'touch {canary}',
      GIT_PAGER: 'touch {canary}',
      PAGER: 'touch {canary}',
      GIT_EDITOR: 'touch {canary}',
      EDITOR: 'touch {canary}',
      GIT_SSH_COMMAND: 'touch {canary}',
      GIT_ASKPASS: 'touch {canary}',
      GIT_PROXY_COMMAND: 'touch {canary}',
    },
    ['task', 'diff', 'hello'],
  ),
  ignored(
    'traces into a file',
    { GIT_TRACE: '{canary}', GIT_TRACE2_EVENT: '{canary}', GIT_TRACE_SETUP: '{canary}' },
    SAVE,
  ),
  ignored(
    'other folders of git programs',
    { GIT_EXEC_PATH: '{outside}', GIT_TEMPLATE_DIR: '{outside}' },
    SAVE,
  ),
  ignored(
    'pathspecs with magic',
    { GIT_LITERAL_PATHSPECS: '0', GIT_GLOB_PATHSPECS: '1', GIT_ICASE_PATHSPECS: '1' },
    SAVE,
  ),
  ignored('a git in the checkout on the PATH', { PATH: `.::${process.env['PATH'] ?? ''}` }, SAVE, {
    given: { files: { git: '#!/bin/sh\ntouch {canary}\n' } },
  }),
  ignored('languages that are not there', {
    LC_ALL: 'tr_TR.UTF-8',
    LANG: 'xx',
    LANGUAGE: 'de:tr',
    LC_MESSAGES: '../../x',
  }),
  ignored('a terminal of another kind', {
    TERM: '\u001b[2J',
    COLUMNS: '-1',
    LINES: 'NaN',
    NO_COLOR: '',
    FORCE_COLOR: '3',
    CLICOLOR_FORCE: '1',
  }),
  ignored('columns without end', { COLUMNS: '9007199254740993', LINES: '0', TERM: '' }, ['status']),
  ignored(
    'a home that is not there',
    { HOME: '{outside}/no', XDG_CONFIG_HOME: '/dev/null', USERPROFILE: 'x' },
    SAVE,
  ),
  ignored('no home', { HOME: '' }, SAVE),
  ignored(
    'a folder for temporary files that is not there',
    { TMPDIR: '{outside}/no', TMP: '/dev/null', TEMP: '$(touch {canary})' },
    SAVE,
  ),
  ignored(
    'a scratch folder elsewhere',
    {
      CALLSHEET_SCRATCH: '{outside}',
      CALLSHEET_BRIEF: '/etc/passwd',
      CALLSHEET_RUN: '../x',
      CALLSHEET_MODEL: '--x',
      CALLSHEET_PLAN_TASK: '../x',
      CALLSHEET_ROLE: 'human',
    },
    SAVE,
  ),
  ignored('sessions of clients that are none', {
    CLAUDE_CODE_SESSION_ID: "../../x' or 1=1 --",
    CODEX_SESSION_ID: '\u001b[2J'.repeat(1_000),
  }),
  ignored('a user with a command for a name', {
    USER: '$(touch {canary})',
    LOGNAME: '../..',
    CALLSHEET_AGENT: '',
  }),
  ignored('an npm that runs us', {
    npm_config_prefix: '{outside}',
    npm_lifecycle_event: 'touch {canary}',
    INIT_CWD: '{outside}',
  }),
];
