import { refused, type Row } from './row.js';

const RUN = ['run', '--plan', '../plan.yaml', '--agent', 'command:touch {canary}', '--yes'];

const unreadable = (
  what: string,
  given: Row['given'],
  code = 'CONFIG_UNREADABLE',
  more: Partial<Row> = {},
): Row => ({
  what,
  args: RUN,
  ...(given === undefined ? {} : { given }),
  ...refused(code, 2, 'callsheet.config.yaml'),
  ...more,
});

const CONFIG = 'callsheet.config.yaml';

/** The configuration: as a file that a clone brings, and every key. */
export const CONFIGS: readonly Row[] = [
  unreadable(
    'a configuration that is a link to /etc/passwd',
    { links: { [CONFIG]: '/etc/passwd' }, isCommitted: true },
    undefined,
    { process: true },
  ),
  unreadable('a configuration that is a link outside', { links: { [CONFIG]: '../outside/secret.txt' } }),
  unreadable('a configuration that is a link to a device', { links: { [CONFIG]: '/dev/zero' } }),
  unreadable('a configuration that is a link to nothing', { links: { [CONFIG]: 'nothing' } }),
  unreadable('a configuration that is a link to itself', { links: { [CONFIG]: CONFIG } }),
  unreadable('a configuration that is a FIFO', { fifos: [CONFIG] }, undefined, { process: true }),
  unreadable('a configuration that is a folder', { files: { [`${CONFIG}/x`]: '' } }),
  unreadable('a configuration of 10 MB', { config: `#${'x'.repeat(10_000_000)}` }, 'CONFIG_TOO_LARGE'),
  unreadable(
    'a configuration that is a link to .git',
    { links: { [CONFIG]: '.git/HEAD' } },
    'CONFIG_UNREADABLE',
  ),
  {
    what: 'the gate of a task in an unreadable configuration',
    as: 'worker',
    args: ['task', 'complete', 'task-3'],
    given: { fifos: [CONFIG] },
    ...refused('CONFIG_UNREADABLE', 2, CONFIG),
  },
  {
    what: 'a configuration of 10,000 levels',
    args: RUN,
    given: { config: `env: ${'['.repeat(10_000)}` },
    ...refused('CONFIG_INVALID', 2, 'levels'),
  },
  {
    what: 'a configuration with an unknown key',
    args: RUN,
    given: { config: '__proto__: {gate: "touch {canary}"}\n' },
    ...refused('CONFIG_INVALID', 2, '__proto__'),
  },
  {
    what: 'a configuration with a key twice',
    args: RUN,
    given: { config: 'gate: "true"\ngate: touch {canary}\n' },
    ...refused('CONFIG_INVALID', 2, 'gate'),
  },
  {
    what: 'workspaces in the checkout',
    key: 'config.workspaces',
    args: RUN,
    given: { config: 'workspaces: src\n' },
    ...refused('WORKSPACES_PLACE', 3, 'inside the repository'),
  },
  {
    what: 'workspaces in .git',
    key: 'config.workspaces',
    args: RUN,
    given: { config: 'workspaces: .git/x\n' },
    ...refused('WORKSPACES_PLACE', 3, 'inside the repository'),
  },
  {
    what: 'workspaces through a committed link',
    key: 'config.workspaces',
    args: RUN.slice(0, -1),
    given: { config: 'workspaces: link/x\n', links: { link: '{outside}' } },
    ...refused('CONSENT_NEEDED', 3, 'workspaces: {outside}/x'),
  },
  {
    what: 'workspaces in a device',
    key: 'config.workspaces',
    args: RUN,
    given: { config: 'workspaces: /dev/null/x\n' },
    ...refused('WORKSPACES_PLACE', 3, '/dev/null'),
  },
  {
    what: 'workspaces in /proc',
    key: 'config.workspaces',
    args: RUN,
    given: { config: 'workspaces: /proc/self/x\n' },
    ...refused('PREFLIGHT', 3, 'WORKSPACES_PLACE'),
  },
  {
    what: 'a copy of a link outside',
    key: 'config.copy',
    args: RUN,
    given: { config: 'copy: [link]\n', links: { link: '/etc/passwd' } },
    ...refused('PATH_OUTSIDE', 2, 'link'),
  },
  {
    what: 'a copy of a FIFO',
    key: 'config.copy',
    args: RUN,
    given: { config: 'copy: [ignored/pipe]\n', files: { 'ignored/x': '' }, fifos: ['ignored/pipe'] },
    ...refused('COPY_MISSING', 3, 'ignored/pipe'),
  },
  {
    what: 'a copy of a link to a device',
    key: 'config.copy',
    args: RUN,
    given: { config: 'copy: [link]\n', links: { link: '/dev/zero' } },
    ...refused('PATH_OUTSIDE', 2, 'link'),
  },
  {
    what: 'a script of the repository that is a device',
    key: 'config.agent',
    args: ['run', '--plan', '../plan.yaml', '--yes'],
    given: { config: 'agent: scripted:/dev/zero\n' },
    ...refused('AGENT_UNUSABLE', 3, '/dev/zero'),
  },
];
