import { accepted, refused, type Given, type Row } from './row.js';

const FILE = '.claude/settings.json';

const settings = (what: string, given: Given, code: string, names: string, more: Partial<Row> = {}): Row => ({
  what: `settings of Claude Code: ${what}`,
  args: ['init', '--claude', '--yes'],
  given,
  ...refused(code, 2, names),
  ...more,
});

const text = (what: string, content: string, names: string, more: Partial<Row> = {}): Row =>
  settings(what, { files: { [FILE]: content } }, 'SETTINGS_INVALID', `settings.json${names}`, more);

const codex = (what: string, value: string, code: string, names: string, more: Partial<Row> = {}): Row => ({
  what: `CODEX_HOME: ${what}`,
  args: ['init', '--claude', '--codex', '--yes'],
  env: { CODEX_HOME: value },
  ...refused(code, 2, names),
  ...more,
});

/** What a clone brings along, or the surroundings say, where a client's settings are. */
export const SETTINGS: readonly Row[] = [
  settings(
    'a committed link to /etc/passwd',
    { links: { [FILE]: '/etc/passwd' }, isCommitted: true },
    'PATH_OUTSIDE',
    FILE,
    { process: true },
  ),
  settings('a link outside', { links: { [FILE]: '{outside}/secret.txt' } }, 'PATH_OUTSIDE', FILE),
  settings('a link to nothing outside', { links: { [FILE]: '{outside}/none' } }, 'PATH_OUTSIDE', FILE),
  settings('in a folder that is a link outside', { links: { '.claude': '{outside}' } }, 'PATH_OUTSIDE', FILE),
  settings('in a folder that is a link into .git', { links: { '.claude': '.git' } }, 'PATH_OUTSIDE', FILE),
  settings(
    'a link to a hook of git',
    { links: { [FILE]: '../.git/hooks/pre-commit' } },
    'PATH_OUTSIDE',
    FILE,
  ),
  settings('a link to itself', { links: { [FILE]: 'settings.json' } }, 'PATH_OUTSIDE', FILE),
  settings('a link to a device', { links: { [FILE]: '/dev/zero' } }, 'PATH_OUTSIDE', FILE),
  settings('a FIFO', { files: { '.claude/x': '' }, fifos: [FILE] }, 'SETTINGS_UNREADABLE', FILE, {
    process: true,
  }),
  settings('a folder', { files: { [`${FILE}/x`]: '' } }, 'SETTINGS_UNREADABLE', FILE),
  settings('below a file', { files: { '.claude': '' } }, 'PATH_OUTSIDE', FILE),
  settings('10 MB', { files: { [FILE]: ' '.repeat(10_000_000) } }, 'SETTINGS_UNREADABLE', FILE),
  text('100,000 levels', `{"a": ${'['.repeat(100_000)}`, ':1:106'),
  text('an escape in a name', '{"hooks": {"\u001b[2J": 1}}', ':1:12'),
  text('an escape in a name that is written as JSON', '{"hooks": {"\\u001b[2J": 1}}', ':1:25'),
  text('the hooks twice', '{"hooks": {}, "hooks": {"Stop": []}}', ':1:15'),
  text('hooks of the prototype', '{"hooks": {"__proto__": {"polluted": true}}}', ':1:25'),
  text('a group without hooks', '{"hooks": {"Stop": [{"toString": 1}]}}', ':1:21'),
  text(
    'hooks of ours without an end',
    JSON.stringify({ hooks: { Stop: Array(10_000).fill({ hooks: [{ command: 'callsheet/hook' }] }) } }),
    ':1:10',
  ),
  ...[
    ['servers that are a list', '{"mcpServers": []}', ':1:16'],
    ['servers of the prototype', '{"mcpServers": {"__proto__": {}, "callsheet": 1}}', ':1:47'],
    ['an escape as our server', '{"mcpServers": {"callsheet": "\\u001b[2J"}}', ':1:30'],
  ].map(([what, content, at = '']): Row => ({
    what: `settings of Gemini CLI: ${what}`,
    args: ['init', '--gemini', '--yes'],
    given: { files: { '.gemini/settings.json': content ?? '' } },
    ...refused('SETTINGS_INVALID', 2, `settings.json${at}`),
  })),
  {
    what: 'settings with a name that reorders text',
    args: ['init', '--claude', '--dry-run'],
    given: { files: { [FILE]: '{"model": "a\u202eb"}' } },
    ...accepted('callsheet/hook'),
  },
  {
    what: 'settings with hooks of the prototype that are none of ours',
    args: ['init', '--claude', '--yes'],
    given: { files: { [FILE]: '{"hooks": {"__proto__": [], "constructor": []}}' } },
    ...accepted('callsheet/hook'),
  },
  {
    what: 'a list of what git is not offered that is a link outside',
    args: ['init', '--claude', '--local', '--yes'],
    given: { links: { '.git/info/exclude': '{outside}/secret.txt' } },
    ...refused('PATH_OUTSIDE', 2, 'info/exclude'),
  },
  {
    what: 'doctor: settings that cannot be read',
    args: ['doctor'],
    given: { files: { '.claude/x': '' }, fifos: [FILE] },
    ...accepted('guard'),
  },
  codex('a relative path', 'x', 'SETTINGS_PLACE', 'CODEX_HOME'),
  codex('an escape', '\u001b[2J', 'SETTINGS_PLACE', 'CODEX_HOME'),
  codex('a folder that is not there', '{outside}/no', 'SETTINGS_UNREADABLE', '{outside}/no'),
  codex('a device', '/dev/null', 'PATH_OUTSIDE', '/dev/null/hooks.json'),
  codex('where nothing can be written', '/proc/self', 'SETTINGS_UNWRITABLE', '/proc/self/hooks.json', {
    process: true,
  }),
  codex('300 bytes', `/${'n'.repeat(300)}`, 'SETTINGS_UNREADABLE', 'nnn'),
];
