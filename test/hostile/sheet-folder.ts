import { refused, type Given, type Row } from './row.js';

const RUN = ['run', '--plan', '../plan.yaml', '--agent', 'command:echo x > x.txt', '--yes'];
const ADD = ['task', 'add', 'X'];

/** Something else where callsheet keeps a file or a folder of its own, which would be written, or waited for. */
const inTheWay = (what: string, name: string, given: Given, args: readonly string[] = ADD): Row => {
  const path = `.git/callsheet/${name}`;
  const [top = ''] = name.split('/');
  return {
    what,
    args,
    given: { removed: [path], brokenBy: `.git/callsheet/${top}`, ...given },
    ...refused('SHEET_FOLDER', 3, path),
  };
};

const link = (name: string, to = '{outside}', args?: readonly string[]): Row =>
  inTheWay(`a link for ${name}`, name, { links: { [`.git/callsheet/${name}`]: to } }, args);
const pipe = (name: string, args?: readonly string[]): Row =>
  inTheWay(`a pipe for ${name}`, name, { fifos: [`.git/callsheet/${name}`] }, args);
const file = (name: string, args?: readonly string[]): Row =>
  inTheWay(`a file for ${name}`, name, { files: { [`.git/callsheet/${name}`]: '' } }, args);
const folder = (name: string, args?: readonly string[]): Row =>
  inTheWay(`a folder for ${name}`, name, { files: { [`.git/callsheet/${name}/x`]: '' } }, args);

/** Where a repository that was unpacked, or somebody who may write in it, has put links and pipes for callsheet to write into. */
export const SHEET_FOLDER: readonly Row[] = [
  { ...link('logs', '../../../outside'), process: true },
  link('tmp'),
  link('bin'),
  link('blobs'),
  link('sessions'),
  link('sheet.db-wal', '{outside}/secret.txt'),
  link('wake', '{outside}/secret.txt'),
  link('git.lock', '{outside}/new'),
  link('server', '{outside}/secret.txt', ['watch']),
  link('anything', '{outside}/new'),
  { ...pipe('wake'), process: true },
  pipe('git.lock'),
  pipe('wake', ['watch']),
  folder('wake'),
  folder('wake', ['watch']),
  file('logs', RUN),
  file('bin', RUN),
  file('tmp', RUN),
  link('logs/run-2/hello-2-1.brief.md', '{outside}/secret.txt', RUN),
  link('logs/run-2/hello-2-1.log', '{outside}/secret.txt', RUN),
  link('logs/run-2', '{outside}', RUN),
  pipe('logs/run-2/hello-2-1.log', RUN),
  folder('bin/callsheet', RUN),
  {
    what: 'a link for the log that is shown',
    args: ['task', 'log', 'hello'],
    given: {
      removed: ['.git/callsheet/logs/run-1/hello-1.log'],
      links: { '.git/callsheet/logs/run-1/hello-1.log': '{outside}/secret.txt' },
    },
    ...refused('SHEET_FOLDER', 3, 'hello-1.log'),
  },
  {
    what: 'a pipe for the log that is shown',
    args: ['task', 'log', 'hello'],
    given: {
      removed: ['.git/callsheet/logs/run-1/hello-1.log'],
      fifos: ['.git/callsheet/logs/run-1/hello-1.log'],
    },
    ...refused('SHEET_FOLDER', 3, 'hello-1.log'),
  },
];
