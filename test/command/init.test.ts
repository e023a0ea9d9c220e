import { createHash } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLAUDE_HOOKS } from '../../src/client/claude.js';
import { runCallsheet, type Ended } from '../support/command.js';
import { git } from '../support/given-sheet.js';
import { manifestOf } from '../support/manifest.js';
import { removeFolder } from '../support/remove-folder.js';

const COMMAND = join(import.meta.dirname, '../../dist/callsheet.cjs');
const SHARED = '.claude/settings.json';
const GEMINI = '.gemini/settings.json';
const PLUGIN = '.opencode/plugins/callsheet.js';
const LOCAL = '.claude/settings.local.json';
const SERVERS = '.mcp.json';
const MCP_SCRIPT = '.git/callsheet/mcp';

interface Answer {
  files: { path: string; change: string; diff: string }[];
  clients: { client: string; found: boolean; version?: string; why: string }[];
  notes: string[];
  next: string[];
}

/** A repository and an empty home, with no client on the PATH but those that are given with their version. */
function givenPlace(clients: Record<string, string> = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-init-')));
  onTestFinished(() => removeFolder(folder));
  const [root, home, programs] = [join(folder, 'repo'), join(folder, 'home'), join(folder, 'programs')];
  for (const each of [root, home, programs]) mkdirSync(each);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'commit', '--quiet', '--allow-empty', '-m', 'Start');
  for (const [name, version] of Object.entries(clients)) {
    writeFileSync(join(programs, name), `#!/bin/sh\necho '${version}'\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(
      (each) => !['claude', 'codex', 'gemini', 'opencode'].some((name) => existsSync(join(each, name))),
    );
  const env: NodeJS.ProcessEnv = {
    HOME: home,
    PATH: [programs, ...path].join(delimiter),
    CODEX_HOME: '',
    XDG_CONFIG_HOME: '',
  };
  const callsheet = (...args: string[]): Promise<Ended> => runCallsheet(root, args, env);
  return {
    ...{ folder, root, home, env, callsheet },
    /** Its answer; the command must do it. */
    async init(...args: string[]): Promise<Answer> {
      const { code, stdout, stderr } = await callsheet('init', '--json', ...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout) as Answer;
    },
    write(path_: string, content: string | Buffer): void {
      mkdirSync(dirname(join(root, path_)), { recursive: true });
      writeFileSync(join(root, path_), content);
    },
    read: (path_: string): string => readFileSync(join(root, path_), 'utf8'),
    /** All that lies around, but for the database of the sheet. */
    manifest: () =>
      manifestOf([folder], (each) => {
        const isSheet = /callsheet\/(sheet\.db.*|wake)$/.test(each);
        return isSheet || lstatSync(each, { throwIfNoEntry: false })?.isFIFO() === true;
      }),
    async doctor(): Promise<{ level: string; what: string; found: string }[]> {
      const { stdout } = await callsheet('doctor', '--json');
      return (JSON.parse(stdout) as { findings: { level: string; what: string; found: string }[] }).findings;
    },
  };
}

const changesOf = ({ files }: Answer): Record<string, string> =>
  Object.fromEntries(files.map(({ path, change }) => [path, change]));

test('sets up, changes nothing the second time, and leaves no trace when it is undone', async () => {
  const place = givenPlace();
  await place.callsheet('status');
  const before = place.manifest();
  const made = await place.init('--claude', '--yes');
  expect(changesOf(made)).toEqual({
    ...{ '.git/callsheet/hook': 'created', '.git/info/exclude': 'changed' },
    ...{ [SHARED]: 'created', [LOCAL]: 'created', [SERVERS]: 'created', [MCP_SCRIPT]: 'created' },
  });
  expect(place.read(LOCAL)).toBe(place.read(SHARED));
  expect(git(place.root, 'status', '--porcelain', '--untracked-files=all')).toBe(
    `?? ${SHARED}\n?? ${SERVERS}`,
  );
  expect(made.clients).toEqual([{ client: 'claude', found: false, why: expect.any(String) as string }]);
  const { hooks } = JSON.parse(place.read(SHARED)) as { hooks: Record<string, unknown[]> };
  expect(Object.values(hooks).flat()).toHaveLength(CLAUDE_HOOKS.length);
  expect(statSync(join(place.root, '.git/callsheet/hook')).mode & 0o777).toBe(0o755);
  const after = place.manifest();
  // Without --yes: there is nothing to agree to.
  expect(changesOf(await place.init())).toEqual({
    ...{ '.git/callsheet/hook': 'unchanged', [SHARED]: 'unchanged', [LOCAL]: 'unchanged' },
    ...{ [SERVERS]: 'unchanged', [MCP_SCRIPT]: 'unchanged' },
  });
  expect(place.manifest()).toEqual(after);
  mkdirSync(join(place.root, '.git/callsheet/sessions'));
  const { stdout } = await place.callsheet('init', '--remove', '--yes');
  expect(stdout).toContain('removed  .claude/settings.json');
  expect(stdout).not.toContain('Clients');
  expect(place.manifest()).toEqual(before);
});

const FOREIGN =
  '\ufeff{\r\n\t// mine\r\n\t"model": "x", /* why */\r\n\t"hooks": {"Stop": [{"hooks": [{"command": "theirs"}]}],},\r\n}';

test('settings with foreign hooks, comments and a byte order mark come back byte for byte', async () => {
  const place = givenPlace();
  place.write(SHARED, FOREIGN);
  chmodSync(join(place.root, SHARED), 0o640);
  await place.callsheet('status');
  const before = place.manifest();
  expect(changesOf(await place.init('--yes'))[SHARED]).toBe('changed');
  const made = place.read(SHARED);
  for (const part of ['"theirs"', '// mine\r\n', '/* why */', 'callsheet/hook']) expect(made).toContain(part);
  expect(statSync(join(place.root, SHARED)).mode & 0o777).toBe(0o640);
  await place.init('--remove', '--yes');
  expect(place.manifest()).toEqual(before);
});

test('what was edited since stays when only our part is taken out', async () => {
  const place = givenPlace();
  place.write(SHARED, '{\n  "model": "x"\n}\n');
  await place.init('--yes');
  place.write(SHARED, place.read(SHARED).replace('"x"', '"y"'));
  await place.init('--remove', '--yes');
  expect(place.read(SHARED)).toBe('{\n  "model": "y"\n}\n');
  expect(existsSync(join(place.root, '.git/callsheet/init'))).toBe(false);
});

test('a file that init made is gone again, also when a formatter has been at it', async () => {
  const place = givenPlace();
  await place.init('--claude', '--yes');
  place.write(SHARED, JSON.stringify(JSON.parse(place.read(SHARED)), null, 8));
  await place.init('--remove', '--yes');
  expect(existsSync(join(place.root, '.claude'))).toBe(false);
});

test('an old entry is replaced, and what the person wrote meanwhile is what comes back', async () => {
  const place = givenPlace();
  place.write(SHARED, '{}\n');
  await place.init('--yes');
  const old = place.read(SHARED).replaceAll('"timeout": 10', '"timeout": 5').replace('{\n', '{\n  "a": 1,\n');
  place.write(SHARED, old);
  expect((await place.doctor()).find(({ what }) => what === 'guard')).toMatchObject({
    level: 'warn',
    found: expect.stringContaining('out of date') as string,
  });
  expect(changesOf(await place.init('--yes'))[SHARED]).toBe('changed');
  expect(place.read(SHARED)).toBe(old.replaceAll('"timeout": 5', '"timeout": 10'));
  await place.init('--remove', '--yes');
  expect(JSON.parse(place.read(SHARED))).toEqual({ a: 1 });
});

test('hooks that came with the repository stay when they are turned off here, unless the client is named', async () => {
  const place = givenPlace();
  await place.init('--claude', '--yes');
  const committed = place.read(SHARED);
  for (const path of ['.git/callsheet', LOCAL]) rmSync(join(place.root, path), { recursive: true });
  expect(changesOf(await place.init('--yes'))).toEqual({
    ...{ '.git/callsheet/hook': 'created', [SHARED]: 'unchanged', [LOCAL]: 'created' },
    ...{ [SERVERS]: 'unchanged', [MCP_SCRIPT]: 'created' },
  });
  const removed = await place.init('--remove', '--yes');
  expect(changesOf(removed)).toEqual({
    ...{ '.git/callsheet/hook': 'removed', [LOCAL]: 'removed', [MCP_SCRIPT]: 'removed' },
  });
  expect(removed.notes.join()).toContain('--remove --claude');
  expect(place.read(SHARED)).toBe(committed);
  await place.init('--remove', '--claude', '--yes');
  expect(JSON.parse(place.read(SHARED))).toEqual({});
});

describe('--local', () => {
  test('keeps the hooks to one person, out of git', async () => {
    const place = givenPlace();
    await place.callsheet('status');
    const before = place.manifest();
    const made = await place.init('--claude', '--local', '--yes');
    expect(changesOf(made)).toEqual({
      '.git/callsheet/hook': 'created',
      '.git/info/exclude': 'changed',
      [LOCAL]: 'created',
      [MCP_SCRIPT]: 'created',
    });
    expect(git(place.root, 'status', '--porcelain')).toBe('');
    expect(made.notes.join()).toContain('.git/info/exclude');
    expect(made.notes.join()).toContain('claude mcp add --scope local callsheet');
    await place.init('--remove', '--yes');
    expect(place.manifest()).toEqual(before);
  });

  test('leaves what git ignores already alone, and hooks that everybody has', async () => {
    const place = givenPlace();
    place.write('.gitignore', '.claude/*.local.json\n');
    expect(Object.keys(changesOf(await place.init('--claude', '--local', '--yes')))).not.toContain(
      '.git/info/exclude',
    );
  });

  test('stands beside what everybody has, and both are kept up to date', async () => {
    const place = givenPlace();
    await place.init('--claude', '--yes');
    const both = [place.read(SHARED), place.read(LOCAL)];
    for (const path of [SHARED, LOCAL])
      place.write(path, place.read(path).replaceAll('"timeout": 10', '"timeout": 5'));
    await place.init('--claude', '--yes');
    expect([place.read(SHARED), place.read(LOCAL)]).toEqual(both);
    expect(changesOf(await place.init('--remove', '--local', '--yes'))).toEqual({
      [LOCAL]: 'removed',
      '.git/info/exclude': 'changed',
    });
    await place.init('--remove', '--yes');
    expect(existsSync(join(place.root, '.claude'))).toBe(false);
  });
});

test('what is broken and none of ours does not stand in the way of undoing', async () => {
  const place = givenPlace();
  await place.init('--claude', '--local', '--yes');
  mkdirSync(join(place.home, '.codex'));
  writeFileSync(join(place.home, '.codex/hooks.json'), '{');
  place.write(SHARED, '{');
  await place.init('--remove', '--yes');
  expect(existsSync(join(place.root, LOCAL))).toBe(false);
  expect(place.read(SHARED)).toBe('{');
});

test('works from a folder of a linked worktree, and the script stays while another checkout needs it', async () => {
  const place = givenPlace();
  git(place.root, 'worktree', 'add', '--quiet', '-b', 'other', '../other');
  const other = join(place.folder, 'other');
  mkdirSync(join(other, 'deep/er'), { recursive: true });
  const inOther = (...args: string[]): Promise<Ended> =>
    runCallsheet(join(other, 'deep/er'), ['init', '--claude', '--yes', ...args], place.env);
  expect((await inOther()).code).toBe(0);
  expect(existsSync(join(other, SHARED))).toBe(true);
  expect(existsSync(join(place.root, SHARED))).toBe(false);
  // A person's own is looked for beside `.git` only, whatever worktree a session is started in.
  expect(existsSync(join(place.root, LOCAL))).toBe(true);
  expect(existsSync(join(other, LOCAL))).toBe(false);
  await place.init('--claude', '--yes');
  const first = await inOther('--remove');
  expect(first.stdout).toContain(`The script stays, since ${join(place.root, SHARED)} has the hooks.`);
  expect(first.stdout).toContain('Sessions in folders below that checkout are covered no more');
  expect(existsSync(join(other, '.claude'))).toBe(false);
  expect(existsSync(join(place.root, LOCAL))).toBe(false);
  expect(existsSync(join(place.root, '.git/callsheet/hook'))).toBe(true);
  await place.init('--remove', '--yes');
  expect(existsSync(join(place.root, '.git/callsheet/hook'))).toBe(false);
});

test('in a worktree of a bare repository, what is a person’s own lies beside that', async () => {
  const place = givenPlace();
  const project = join(place.folder, 'project');
  git(place.folder, 'clone', '--quiet', '--bare', 'repo', 'project/.git');
  git(project, 'worktree', 'add', '--quiet', '-b', 'other', 'other');
  const init = (...args: string[]): Promise<Ended> =>
    runCallsheet(join(project, 'other'), ['init', '--claude', '--yes', ...args], place.env);
  expect((await init()).stderr).toBe('');
  expect(existsSync(join(project, LOCAL))).toBe(true);
  expect(git(join(project, 'other'), 'status', '--porcelain', '--untracked-files=all')).toBe(
    `?? ${SHARED}\n?? ${SERVERS}`,
  );
  expect((await init('--remove')).code).toBe(0);
  expect(existsSync(join(project, '.claude'))).toBe(false);
});

describe('the line in the settings', () => {
  const line = String(CLAUDE_HOOKS[0]!.handler['command']);
  const run = (cwd: string, project?: string): string =>
    execFileSync('sh', ['-c', line], {
      cwd,
      input: '',
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...(project === undefined ? {} : { CLAUDE_PROJECT_DIR: project }) },
    });

  test('does nothing where callsheet is not installed, nor outside a repository', () => {
    const { root, folder } = givenPlace();
    expect(run(root, root)).toBe('');
    expect(run(folder, folder)).toBe('');
  });

  test('starts the script from a checkout, a folder in it and a linked worktree', () => {
    const place = givenPlace();
    mkdirSync(join(place.root, '.git/callsheet'));
    mkdirSync(join(place.root, 'in side'));
    place.write('.git/callsheet/hook', '#!/bin/sh\necho "asked for $1"\n');
    chmodSync(join(place.root, '.git/callsheet/hook'), 0o755);
    git(place.root, 'worktree', 'add', '--quiet', '-b', 'other', '../o ther');
    const other = join(place.folder, 'o ther');
    expect(run('/', place.root)).toBe('asked for claude\n');
    expect(run(join(place.root, 'in side'))).toBe('asked for claude\n');
    expect(run('/', other)).toBe('asked for claude\n');
  });

  test('starts bash where there is one, but not for what may fail open and no server answers', () => {
    const place = givenPlace();
    mkdirSync(join(place.root, '.git/callsheet'));
    place.write('.git/callsheet/hook', '#!/bin/sh\necho "$* ${BASH_VERSION:+in bash}"\n');
    chmodSync(join(place.root, '.git/callsheet/hook'), 0o755);
    const lineOf = (wanted: string): string =>
      String(
        CLAUDE_HOOKS.find(({ event, matcher = event }) => matcher.startsWith(wanted))?.handler['command'],
      );
    place.write('canary', 'echo "what the surroundings would have it run"\n');
    const BASH_ENV = join(place.root, 'canary');
    const said = (wanted: string, PATH = process.env['PATH']): string => {
      const env = { PATH, BASH_ENV };
      const options = { cwd: place.root, encoding: 'utf8', env } as const;
      return execFileSync('/bin/sh', ['-c', lineOf(wanted)], options).trim();
    };
    expect(said('Edit')).toBe('claude bash in bash');
    expect(said('Read')).toBe('claude fail-open');
    expect(said('Edit', '/nowhere')).toBe('claude');
    place.write('.git/callsheet/server', '');
    expect(said('Read')).toBe('claude bash fail-open in bash');
    expect(said('PostToolBatch')).toBe('claude bash fail-open in bash');
    expect(said('Read', '/nowhere')).toBe('claude fail-open');
  });
});

test('a session that starts in a checkout which is set up is registered', async () => {
  const place = givenPlace();
  await place.init('--claude', '--yes');
  const { hooks } = JSON.parse(place.read(SHARED)) as {
    hooks: { SessionStart: { hooks: { command: string }[] }[] };
  };
  const input = { session_id: 's-1', hook_event_name: 'SessionStart', source: 'startup', cwd: place.root };
  execFileSync('sh', ['-c', hooks.SessionStart[0]?.hooks[0]?.command ?? ''], {
    cwd: place.root,
    input: JSON.stringify(input),
    env: {
      ...{ PATH: process.env['PATH'], HOME: place.home, CLAUDE_PROJECT_DIR: place.root },
      CALLSHEET_NO_SERVER: '1',
    },
  });
  expect(existsSync(join(place.root, '.git/callsheet/sessions/s-1'))).toBe(true);
});

describe('consent', () => {
  test('without a terminal the change is shown and not made', async () => {
    const place = givenPlace();
    await place.callsheet('status');
    const before = place.manifest();
    const { code, stderr } = await place.callsheet('init', '--claude');
    expect(code).toBe(3);
    expect(stderr).toContain('CONSENT_NEEDED');
    expect(stderr).toContain('+    "PreToolUse": [');
    const dry = await place.callsheet('init', '--claude', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('+    "PreToolUse": [');
    expect(dry.stdout).toContain('Nothing was changed yet.');
    // What it repeats for each event, and for each file, is said once; all that is put in is said.
    const command = String(CLAUDE_HOOKS[0]?.handler['command']);
    expect(dry.stdout.split(`${command}\n`)).toHaveLength(2);
    for (const { event } of CLAUDE_HOOKS) expect(dry.stdout.split(`+    "${event}": [`)).toHaveLength(2);
    expect(dry.stdout).toContain('"command":"(line 1)","timeout":10,"onFailure":"block"');
    expect(dry.stdout).toContain(`${LOCAL} is created as ${SHARED}`);
    expect(dry.stdout.split('\n').length).toBeLessThan(80);
    const json = JSON.parse(
      (await place.callsheet('init', '--claude', '--dry-run', '--json')).stdout,
    ) as Answer;
    expect(
      json.files.find(({ path }) => path === SHARED)?.diff.split('callsheet/hook').length,
    ).toBeGreaterThan(22);
    expect(place.manifest()).toEqual(before);
  });

  test.each([
    ['y', 0],
    ['n', 3],
  ])('on a terminal %s is an answer', async (answer, exit) => {
    const place = givenPlace();
    const inShell = `stty cols 200; exec '${process.execPath}' '${COMMAND}' init --claude`;
    const args =
      process.platform === 'darwin'
        ? ['-q', '/dev/null', 'sh', '-c', inShell]
        : ['-qec', inShell, '/dev/null'];
    const child = spawn('script', args, {
      cwd: place.root,
      env: { ...process.env, ...place.env, SHELL: '/bin/sh', TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!output.includes('[y/N]') && `${output}${text}`.includes('[y/N]')) child.stdin.write(`${answer}\r`);
      output += text;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(exit);
    expect(output).toContain('+    "PreToolUse": [');
    expect(existsSync(join(place.root, SHARED))).toBe(answer === 'y');
  });

  test('who has a token that is nobody’s cannot set anything up', async () => {
    const place = givenPlace();
    const { code, stderr } = await runCallsheet(place.root, ['init', '--claude', '--yes'], {
      ...place.env,
      CALLSHEET_TOKEN: 'forged',
    });
    expect(code).toBe(3);
    expect(stderr).toContain('TOKEN_INVALID');
    expect(existsSync(join(place.root, SHARED))).toBe(false);
  });
});

describe('what cannot be changed is refused, and nothing else is changed either', () => {
  test.each<[string, (file: string, outside: string) => void, string, string]>([
    ['broken', (file) => writeFileSync(file, '{\n  "a": \n}'), 'SETTINGS_INVALID', ':3:1'],
    [
      'other than text',
      (file) => writeFileSync(file, Buffer.from([0x22, 0xff, 0x22])),
      'SETTINGS_INVALID',
      'UTF-8',
    ],
    ['with other hooks', (file) => writeFileSync(file, '{"hooks": [1]}'), 'SETTINGS_INVALID', ':1:11'],
    ['a link outside', (file, outside) => symlinkSync(outside, file), 'PATH_OUTSIDE', 'symlink'],
    ['a folder', (file) => mkdirSync(file), 'SETTINGS_UNREADABLE', 'folder'],
    ['a pipe', (file) => execFileSync('mkfifo', [file]), 'SETTINGS_UNREADABLE', 'regular'],
    [
      'over 1 MB',
      (file) => writeFileSync(file, ' '.repeat(1024 * 1024 + 1)),
      'SETTINGS_UNREADABLE',
      '1048576',
    ],
  ])('hooks of Codex that are %s', async (_, make, code, names) => {
    const place = givenPlace();
    await place.callsheet('status');
    mkdirSync(join(place.home, '.codex'));
    writeFileSync(join(place.folder, 'outside.json'), '{}');
    make(join(place.home, '.codex/hooks.json'), join(place.folder, 'outside.json'));
    const before = place.manifest();
    const ended = await place.callsheet('init', '--claude', '--codex', '--yes');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`error ${code}: `);
    expect(ended.stderr).toContain('.codex/hooks.json');
    expect(ended.stderr).toContain(names);
    expect(existsSync(join(place.root, SHARED))).toBe(false);
    expect(place.manifest()).toEqual(before);
  });

  test('settings that are a link inside the repository are changed where they are', async () => {
    const place = givenPlace();
    place.write('shared/claude.json', '{}\n');
    mkdirSync(join(place.root, '.claude'));
    symlinkSync('../shared/claude.json', join(place.root, SHARED));
    await place.callsheet('status');
    const before = place.manifest();
    await place.init('--yes');
    expect(place.read('shared/claude.json')).toContain('callsheet/hook');
    await place.init('--remove', '--yes');
    expect(place.manifest()).toEqual(before);
  });

  test('a repository without a checkout', async () => {
    const place = givenPlace();
    git(place.folder, 'clone', '--quiet', '--bare', 'repo', 'bare.git');
    const { code, stderr } = await runCallsheet(
      join(place.folder, 'bare.git'),
      ['init', '--claude', '--yes'],
      place.env,
    );
    expect(code).toBe(3);
    expect(stderr).toContain('CHECKOUT_MISSING');
  });
});

describe('clients', () => {
  test('those on the PATH are set up', async () => {
    const place = givenPlace({
      claude: '2.1.328 (Claude Code)',
      codex: 'codex-cli 0.169.0',
      gemini: '0.61.0',
      opencode: '1.18.33',
    });
    mkdirSync(join(place.home, '.codex'));
    const { clients, files, next } = await place.init('--yes');
    expect(clients).toMatchObject([
      { client: 'claude', found: true, version: '2.1.328' },
      { client: 'codex', found: true, version: '0.169.0' },
      { client: 'gemini', found: true, version: '0.61.0' },
      { client: 'opencode', found: true, version: '1.18.33' },
    ]);
    expect(next.join()).toContain('/hooks');
    expect(files.map(({ path }) => path)).toEqual([
      '.git/callsheet/hook',
      SHARED,
      '.git/info/exclude',
      LOCAL,
      join(place.home, '.codex/hooks.json'),
      GEMINI,
      join(place.home, GEMINI),
      PLUGIN,
      join(place.home, '.config/opencode/plugins/callsheet.js'),
      ...[MCP_SCRIPT, SERVERS, 'opencode.json', join(place.home, '.codex/config.toml')],
    ]);
    const codex = readFileSync(join(place.home, '.codex/hooks.json'), 'utf8');
    expect(Object.keys((JSON.parse(codex) as { hooks: object }).hooks)).toEqual([
      ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd'],
    ]);
    expect(codex).not.toContain('CLAUDE');
  });

  test('Gemini CLI has them where it is started, and at home; its own words among the events stay', async () => {
    const place = givenPlace();
    const own = '{\n  "hooks": {\n    "enabled": true,\n    "disabled": ["theirs"]\n  }\n}\n';
    mkdirSync(join(place.home, '.gemini'));
    writeFileSync(join(place.home, GEMINI), own);
    await place.callsheet('status');
    const before = place.manifest();
    await place.init('--gemini', '--yes');
    const { hooks } = JSON.parse(readFileSync(join(place.home, GEMINI), 'utf8')) as { hooks: object };
    expect(hooks).toMatchObject({ enabled: true, disabled: ['theirs'] });
    expect(hooks).toMatchObject((JSON.parse(place.read(GEMINI)) as { hooks: object }).hooks);
    await place.init('--remove', '--yes');
    expect(place.manifest()).toEqual(before);
    await place.init('--gemini', '--local', '--yes');
    expect(existsSync(join(place.root, GEMINI))).toBe(false);
  });

  describe('the plugin of opencode', () => {
    const HOME_PLUGIN = '.config/opencode/plugins/callsheet.js';
    /** As an earlier callsheet would have written it. */
    const older = (): string => {
      const code = 'export const Callsheet = async () => ({});\n';
      const name = createHash('sha256').update(code).digest('hex').slice(0, 16);
      return `// callsheet/hook for opencode, ${name}\n${code}`;
    };

    test('is there in the checkout and at home, also instead of an older one, and leaves no trace', async () => {
      const place = givenPlace();
      await place.callsheet('status');
      const before = place.manifest();
      const { stderr } = await place.callsheet('init', '--opencode');
      expect(stderr).toContain('+export const Callsheet = ');
      expect(place.manifest()).toEqual(before);
      await place.init('--opencode', '--yes');
      const made = place.read(PLUGIN);
      expect(readFileSync(join(place.home, HOME_PLUGIN), 'utf8')).toBe(made);
      place.write(PLUGIN, older());
      expect((await place.doctor()).find(({ found }) => found.includes(PLUGIN))?.level).toBe('warn');
      expect(changesOf(await place.init('--opencode', '--yes'))).toMatchObject({ [PLUGIN]: 'changed' });
      expect(place.read(PLUGIN)).toBe(made);
      await place.init('--remove', '--yes');
      expect(place.manifest()).toEqual(before);
      await place.init('--opencode', '--local', '--yes');
      expect(existsSync(join(place.root, PLUGIN))).toBe(false);
      expect(existsSync(join(place.home, HOME_PLUGIN))).toBe(true);
    });

    test('is not touched once somebody has changed it', async () => {
      const place = givenPlace();
      await place.init('--opencode', '--yes');
      const mine = `${place.read(PLUGIN)}// mine\n`;
      place.write(PLUGIN, mine);
      const refused = await place.callsheet('init', '--opencode', '--yes');
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/SETTINGS_INVALID.*callsheet\.js is not as callsheet has written it/);
      expect((await place.init('--remove', '--yes')).notes.join()).toContain(`${PLUGIN} stays`);
      expect(place.read(PLUGIN)).toBe(mine);
      expect(existsSync(join(place.home, HOME_PLUGIN))).toBe(false);
    });
  });

  test('nobody there is an error that says what to do', async () => {
    const { code, stderr } = await givenPlace().callsheet('init', '--yes');
    expect(code).toBe(3);
    expect(stderr).toContain('CLIENT_MISSING');
    expect(stderr).toContain('callsheet init --claude');
  });

  test('a program of that name in the checkout is nobody’s client', async () => {
    const place = givenPlace();
    place.write('bin/claude', '#!/bin/sh\ntouch ran\n');
    chmodSync(join(place.root, 'bin/claude'), 0o755);
    place.env['PATH'] = `${join(place.root, 'bin')}${delimiter}bin${delimiter}${place.env['PATH'] ?? ''}`;
    expect((await place.callsheet('init', '--yes')).stderr).toContain('CLIENT_MISSING');
    await place.doctor();
    expect(existsSync(join(place.root, 'ran'))).toBe(false);
  });

  test('doctor says who is guarded, and what became of the script', async () => {
    const place = givenPlace({ claude: '2.1.197 (Claude Code)', opencode: 'none of your business' });
    const guard = async (): Promise<Record<string, string>> => {
      const said: Record<string, string> = {};
      for (const { what, level, found } of await place.doctor())
        said[what] = [...(said[what] === undefined ? [] : [said[what]]), `${level} ${found}`].join('\n');
      return said;
    };
    const before = await guard();
    expect(before['guard']).toBe('ok not set up in this checkout');
    expect(before['claude']).toMatch(
      /^warn 2\.1\.197, guarded .*onFailure is ignored.*not those in folders below$/,
    );
    expect(before['opencode']).toMatch(/^ok does not say its version, guarded by a plugin/);
    expect(before['clients']).toBe('ok not on the PATH: codex, gemini');
    await place.init('--yes', '--claude');
    expect(await guard()).toMatchObject({
      guard: `ok set up in ${SHARED}\nok set up in ${LOCAL}`,
      'hook script': `ok ${join(place.root, '.git/callsheet/hook')}`,
    });
    place.write('.git/callsheet/hook', 'old');
    expect((await guard())['hook script']).toMatch(/^warn .* is of another version$/);
    rmSync(join(place.root, '.git/callsheet/hook'));
    expect((await guard())['hook script']).toMatch(/^warn .* is missing: the hooks do nothing$/);
    rmSync(join(place.root, LOCAL));
    expect((await guard())['guard']).toBe(
      `ok set up in ${SHARED}\nwarn claude is guarded only when it is started in the top folder of this checkout`,
    );
    place.write(SHARED, '{');
    expect((await guard())['guard']).toMatch(/^warn .*settings\.json:1:2 cannot be changed/);
  });
});
