import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment } from './index.js';

let folder: string;
let checkout: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-environment-')));
  checkout = join(folder, 'app');
  mkdirSync(join(checkout, 'tools'), { recursive: true });
  mkdirSync(join(folder, 'app-tools'));
  symlinkSync(join(checkout, 'tools'), join(folder, 'link'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clean = (base: NodeJS.ProcessEnv) => cleanEnvironment(base, { repositoryRoot: checkout });

test.each([
  ...['GIT_DIR', 'GIT_INDEX_FILE', 'CALLSHEET_TOKEN', 'NODE_PATH', 'VIRTUAL_ENV', 'INIT_CWD', 'PWD'],
  ...['npm_lifecycle_event', 'npm_package_json', 'npm_config_local_prefix'],
])('%s of the person does not reach a worker', (name) => {
  expect(clean({ [name]: 'x', HOME: '/home/ada' })).toEqual({ HOME: '/home/ada' });
});

test.each(['npm_config_registry', 'NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'LANG', 'GITHUB_TOKEN'])(
  '%s of the person stays',
  (name) => {
    expect(clean({ [name]: 'x' })).toEqual({ [name]: 'x' });
  },
);

test('an empty variable stays empty', () => {
  expect(clean({ CI: '', LANG: undefined })).toEqual({ CI: '' });
});

test('no search path leads into the checkout, also not by a link', () => {
  const inside = [
    checkout,
    join(checkout, 'node_modules/.bin'),
    join(checkout, 'tools'),
    join(folder, 'link'),
  ];
  const outside = ['/usr/bin', join(folder, 'app-tools'), '/no/such/folder'];

  expect(clean({ PATH: [...inside, ...outside].join(':') })).toEqual({ PATH: outside.join(':') });
  expect(clean({ PYTHONPATH: inside.join(':') })).toEqual({});
});

test('a checkout that was named through a link is recognised', () => {
  symlinkSync(checkout, join(folder, 'alias'));
  const env = cleanEnvironment(
    { PATH: `${join(folder, 'alias/tools')}:${join(checkout, 'tools')}:/bin` },
    { repositoryRoot: join(folder, 'alias') },
  );

  expect(env).toEqual({ PATH: '/bin' });
});

test('no dependencies of another folder are on the path, and nothing relative', () => {
  const path = [
    join(folder, 'node_modules/.bin'),
    '/node_modules/.bin/',
    '',
    '.',
    'node_modules/.bin',
    '/bin',
  ];

  expect(clean({ PATH: path.join(':') })).toEqual({ PATH: '/bin' });
});

test.each([
  ['--max-old-space-size=8192', true],
  ['--no-warnings', true],
  ['--require /work/app/hook.cjs', false],
  ['--no-warnings -r ./hook.cjs', false],
  ['--import=file:///app/loader.mjs', false],
  ['--inspect-brk=0', false],
])('NODE_OPTIONS %s stays: %s', (options, stays) => {
  expect(clean({ NODE_OPTIONS: options })).toEqual(stays ? { NODE_OPTIONS: options } : {});
});
