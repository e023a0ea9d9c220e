import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { runCallsheet } from '../support/command.js';
import { git } from '../support/given-sheet.js';

const DESKTOP =
  process.platform === 'darwin'
    ? 'Library/Application Support/Claude/claude_desktop_config.json'
    : '.config/Claude/claude_desktop_config.json';

function givenPlace() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-init-mcp ')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [root, home] = [join(folder, 'shop'), join(folder, 'home')];
  for (const each of [root, home]) mkdirSync(each);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'commit', '--quiet', '--allow-empty', '-m', 'Start');
  const env = { HOME: home, PATH: process.env['PATH'] ?? '', CODEX_HOME: '', XDG_CONFIG_HOME: '' };
  return {
    ...{ root, home },
    async init(...args: string[]): Promise<{ code: number | null; text: string }> {
      const { code, stdout, stderr } = await runCallsheet(root, ['init', '--yes', '--json', ...args], env);
      return { code, text: stdout + stderr };
    },
    /** What it says of the guard. */
    async doctor(): Promise<string[]> {
      const { stdout } = await runCallsheet(root, ['doctor', '--json'], env);
      const { findings } = JSON.parse(stdout) as {
        findings: { level: string; what: string; found: string }[];
      };
      return findings.filter(({ what }) => what === 'guard').map(({ level, found }) => `${level} ${found}`);
    },
    write(path: string, text: string): void {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
  };
}

interface Entry {
  command: string;
  args: string[];
}

/** A client that starts what the settings say, as clients do. */
async function clientOf({ command, args }: Entry, cwd: string, home: string): Promise<Client> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const client = new Client({ name: 'plain', version: '1' });
  await client.connect(new StdioClientTransport({ command, args, cwd, env, stderr: 'ignore' }));
  onTestFinished(() => client.close());
  return client;
}

const entryIn = (file: string, name: string): Entry =>
  (JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: Record<string, Entry> }).mcpServers[name] as Entry;

test('the entry that all share starts the server from every folder and worktree', async () => {
  const place = givenPlace();
  expect((await place.init('--claude')).code).toBe(0);
  const entry = entryIn(join(place.root, '.mcp.json'), 'callsheet');
  expect(JSON.stringify(entry)).not.toMatch(/\$\{|shop/);
  const below = join(place.root, 'src');
  mkdirSync(below);
  git(place.root, 'worktree', 'add', '--quiet', join(place.root, '../other'), '-b', 'other');
  for (const cwd of [place.root, below, join(place.root, '../other')]) {
    const client = await clientOf(entry, cwd, place.home);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('claim_task');
  }
});

test('where callsheet is not set up the same entry is a server without anything, which says so', async () => {
  const place = givenPlace();
  await place.init('--claude');
  const entry = entryIn(join(place.root, '.mcp.json'), 'callsheet');
  await place.init('--remove');
  const client = await clientOf(entry, place.root, place.home);
  expect(client.getInstructions()).toContain('callsheet init');
  expect(client.getServerCapabilities()).toEqual({});
  const outside = await clientOf(entry, place.home, place.home);
  expect(outside.getServerCapabilities()).toEqual({});
});

test('an entry whose callsheet has been uninstalled says so as well', async () => {
  const place = givenPlace();
  await place.init('--claude');
  const script = join(place.root, '.git/callsheet/mcp');
  const gone = readFileSync(script, 'utf8').replaceAll(/^entry=.*$/gm, "entry='/nowhere/mcp.cjs'");
  writeFileSync(script, gone);
  const client = await clientOf({ command: script, args: [] }, place.root, place.home);
  expect(client.getInstructions()).toContain('callsheet init');
});

test.each([
  ['with comments', '{\n  // ours\n  "mcpServers": {\n    "db": { "command": "db" }, // kept\n  },\n}\n'],
  ['on one line', '{"mcpServers":{"db":{"command":"db"}}}'],
  ['with another list of servers', '{ "servers": {} }\n'],
  ['with no server yet', '{\n\t"mcpServers": {}\n}\n'],
])('other servers stay as they are written, byte for byte (%s)', async (_, before) => {
  const place = givenPlace();
  const file = join(place.root, '.mcp.json');
  place.write(file, before);
  await place.init('--claude');
  const after = readFileSync(file, 'utf8');
  expect(after).toContain('callsheet/mcp');
  // A change of somebody else's: only our part is taken out then.
  writeFileSync(file, after.replace('{', '{ '));
  await place.init('--remove');
  expect(readFileSync(file, 'utf8')).toBe(before.replace('{', '{ '));
});

test('a server of somebody else under our name is left alone, and said', async () => {
  const place = givenPlace();
  const file = join(place.root, '.mcp.json');
  place.write(file, '{"mcpServers":{"callsheet":{"command":"other"}}}');
  const { code, text } = await place.init('--claude');
  expect(code).toBe(2);
  expect(text).toMatch(/SETTINGS_INVALID.*\.mcp\.json:1:28.*somebody else/);
  expect(existsSync(join(place.root, '.claude'))).toBe(false);
});

test('Codex has it in a block of its own among its other settings', async () => {
  const place = givenPlace();
  const file = join(place.home, '.codex/config.toml');
  const before = 'model = "x"\n\n[mcp_servers.db]\ncommand = "db"';
  place.write(file, before);
  await place.init('--codex');
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(
    /^model = "x"\n\n\[mcp_servers\.db\]\ncommand = "db"\n# callsheet init: begin\n\[mcp_servers\.callsheet\]\n/,
  );
  await place.init('--codex');
  expect(readFileSync(file, 'utf8')).toBe(text);
  writeFileSync(file, `${text}[tui]\n`);
  await place.init('--remove', '--codex');
  expect(readFileSync(file, 'utf8')).toBe(`${before}\n[tui]\n`);
});

describe('Gemini CLI has it in the file of its hooks', () => {
  const GEMINI = '.gemini/settings.json';
  const given = () => {
    const place = givenPlace();
    return { ...place, team: join(place.root, GEMINI), own: join(place.home, GEMINI) };
  };

  test.each([
    [
      'with a byte order mark and comments',
      '\ufeff{\r\n\t// mine\r\n\t"model": {"name": "x"}, /* why */\r\n}',
    ],
    ['with servers', '{\n  "mcpServers": {\n    "db": { "command": "db" }, // kept\n  },\n}\n'],
    ['with empty lists of both', '{"mcpServers":{},"hooks":{}}'],
    ['with hooks of others', '{ "hooks": { "AfterTool": [ {"hooks": [{"command": "theirs"}]} ] } }\n'],
    ['empty', '{}\n'],
  ])('what else is there keeps its bytes (%s)', async (_, before) => {
    const place = given();
    for (const file of [place.team, place.own]) place.write(file, before);
    expect((await place.init('--gemini')).code).toBe(0);
    const after = readFileSync(place.team, 'utf8');
    for (const mark of ['callsheet/hook', 'callsheet/mcp']) expect(after).toContain(mark);
    expect(readFileSync(place.own, 'utf8')).toBe(after);
    const again = await place.init('--gemini');
    expect(again.text).not.toMatch(/"change": ?"(created|changed)"/);
    expect(readFileSync(place.team, 'utf8')).toBe(after);
    // A change of somebody else's: only our part is taken out of that file then.
    writeFileSync(place.own, after.replace('{', '{ '));
    await place.init('--remove');
    expect(readFileSync(place.team, 'utf8')).toBe(before);
    const left = readFileSync(place.own, 'utf8').replaceAll(/\{\s+\}/g, '{}');
    expect(left).toBe(before.replace('{', '{ ').replaceAll(/\{\s+\}/g, '{}'));
    expect(existsSync(join(place.root, '.git/callsheet/mcp'))).toBe(false);
  });

  test('it starts from both, and --local leaves that of the others alone', async () => {
    const place = given();
    await place.init('--gemini', '--local');
    expect(existsSync(place.team)).toBe(false);
    await place.init('--gemini');
    for (const file of [place.team, place.own]) {
      const client = await clientOf(entryIn(file, 'callsheet'), place.root, place.home);
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('claim_task');
    }
    await place.init('--remove');
    expect([place.team, place.own, dirname(place.team)].filter((each) => existsSync(each))).toEqual([]);
  });

  test('the server that it shares with another client stays until none has it', async () => {
    const place = given();
    await place.init('--gemini', '--claude');
    expect((await place.init('--remove', '--claude')).text).toContain(
      `since ${place.own}, ${place.team} has it`,
    );
    expect(existsSync(join(place.root, '.git/callsheet/mcp'))).toBe(true);
    await place.init('--remove', '--gemini');
    expect(existsSync(join(place.root, '.git/callsheet/mcp'))).toBe(false);
  });

  test('a set-up without it is out of date; the entry that a person has made is not', async () => {
    const place = given();
    await place.init('--gemini');
    const whole = readFileSync(place.team, 'utf8');
    const { mcpServers, ...rest } = JSON.parse(whole) as { mcpServers: object; hooks: object };
    expect(Object.keys(mcpServers)).toEqual(['callsheet']);
    place.write(place.team, JSON.stringify(rest));
    expect(await place.doctor()).toContain(`warn what callsheet has in ${GEMINI} is out of date`);
    const own = { callsheet: { command: 'callsheet', args: ['mcp', '--role', 'lead'] } };
    place.write(place.team, JSON.stringify({ ...rest, mcpServers: own }));
    expect(await place.doctor()).toContain(`ok set up in ${GEMINI}`);
    expect((await place.init('--gemini')).code).toBe(0);
    await place.init('--remove', '--gemini');
    expect(JSON.parse(readFileSync(place.team, 'utf8'))).toEqual({ mcpServers: own });
  });

  test('a server of somebody else under our name is left alone, and neither file is changed', async () => {
    const place = given();
    place.write(place.own, '{"mcpServers":{"callsheet":{"command":"other"}}}');
    const { code, text } = await place.init('--gemini');
    expect(code).toBe(2);
    expect(text).toMatch(/SETTINGS_INVALID.*\.gemini.settings\.json:1:\d+.*somebody else/);
    expect(existsSync(place.team)).toBe(false);
  });
});

test('Claude Desktop leads in the repository that is named, and nothing else is set up', async () => {
  const place = givenPlace();
  const file = join(place.home, DESKTOP);
  expect((await place.init('--claude-desktop')).code).toBe(0);
  const entry = entryIn(file, 'callsheet-shop');
  expect(existsSync(join(place.root, '.mcp.json'))).toBe(false);
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: place.root, encoding: 'utf8' })).toBe('');
  const client = await clientOf(entry, '/', place.home);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('init_coordination');
  await place.init('--remove', '--claude-desktop');
  expect(existsSync(file)).toBe(false);
  expect(existsSync(join(place.root, '.git/callsheet/mcp'))).toBe(false);
});

test('opencode has it in a list and in words of its own, and starts it', async () => {
  const place = givenPlace();
  const file = join(place.root, 'opencode.json');
  const before = '{\n  // ours\n  "mcp": { "db": { "type": "remote", "url": "x" } }\n}\n';
  place.write(file, before);
  expect((await place.init('--opencode')).code).toBe(0);
  const after = readFileSync(file, 'utf8');
  const { mcp } = JSON.parse(after.replace('// ours', '')) as {
    mcp: Record<string, { type: string; enabled: boolean; command: string[] }>;
  };
  expect(Object.keys(mcp)).toEqual(['db', 'callsheet']);
  expect(mcp['callsheet']).toMatchObject({ type: 'local', enabled: true });
  const [command = '', ...args] = mcp['callsheet']?.command ?? [];
  const client = await clientOf({ command, args }, place.root, place.home);
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('claim_task');
  await place.init('--remove');
  expect(readFileSync(file, 'utf8')).toBe(before);
  const { text } = await place.init('--opencode', '--local');
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(text).toContain('as a local server in its settings at home');
});
