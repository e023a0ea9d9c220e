import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hookScript } from '../../src/hook/index.js';
import { serve, type ServeOptions } from '../../src/server/index.js';
import { readServerFile, type ServerFile } from '../../src/server/server-file.js';
import { openSheet, type Sheet } from '../../src/sheet/index.js';
import { makeRepository } from '../support/ready-repository.js';
import { putReadySheet } from '../support/ready-sheet.js';
import { removeFolder } from '../support/remove-folder.js';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What stands in for the lean entry: says what it was given, and ends as it is told. */
const STAND_IN = `
const { appendFileSync, readFileSync } = require('node:fs');
const given = readFileSync(0, 'utf8');
appendFileSync(__dirname + '/asked', JSON.stringify([...process.argv.slice(2), given.length]) + '\\n');
process.stdout.write('lean');
process.exitCode = Number(process.env.LEAN_EXIT || 0);
`;

/** A repository in whose sheet's folder the script lies, under a name that a shell could stumble over. */
export async function givenHook({ entry }: { entry?: string } = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-hook $x \'ü" ')));
  onTestFinished(() => removeFolder(folder));
  const root = join(folder, 'repo');
  mkdirSync(root);
  makeRepository(root, { 'a.txt': 'one\n' }, 'Start');
  const sheetFolder = join(root, '.git/callsheet');
  mkdirSync(join(sheetFolder, 'sessions'), { recursive: true });
  const standIn = join(folder, 'stand-in.cjs');
  writeFileSync(standIn, STAND_IN);
  const script = join(sheetFolder, 'hook');
  const leanEntry = entry ?? standIn;
  writeFileSync(script, hookScript({ node: process.execPath, entry: leanEntry }));
  chmodSync(script, 0o755);
  await putReadySheet(join(sheetFolder, 'sheet.db'));
  const sheet = await openSheet(root, { env: {} });
  onTestFinished(() => sheet[Symbol.asyncDispose]());
  const asked = join(folder, 'asked');
  const mark = (name: string): void => writeFileSync(join(sheetFolder, 'sessions', name), '');
  return {
    ...{ folder, root, sheetFolder, script, sheet, entry: leanEntry },
    register: mark,
    /** The session is one of a team. */
    beOfTeam: (session: string) => mark(`${session}.waits`),
    /** What the stand-in was given, call by call: client, pid, folder, characters. */
    asked: (): unknown[] =>
      existsSync(asked)
        ? readFileSync(asked, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as unknown)
        : [],
    /** Runs the script as a client does. */
    run: (body: object | string, env: NodeJS.ProcessEnv = {}, client = 'claude', ...more: string[]) =>
      run(script, [client, ...more], typeof body === 'string' ? body : JSON.stringify(body), root, env),
  };
}

export function run(
  program: string,
  args: string[],
  input: string,
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const own = { PATH: process.env['PATH'], HOME: cwd, CALLSHEET_NO_SERVER: '1', ...env };
    const child = spawn(program, args, { cwd, env: own });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
    child.stdin.on('error', () => {
      // A script that knows already what to say need not read all.
    });
    child.stdin.end(input);
  });
}

/** The real server of a sheet, ended after the test. */
export async function givenServer(sheet: Sheet, options: Partial<ServeOptions> = {}) {
  const ending = new AbortController();
  const said: string[] = [];
  const running = await serve({
    ...{ sheet, version: '1.2.3', signal: ending.signal, say: (line: string) => said.push(line) },
    ...options,
  });
  if (running.isOther) throw new Error('There is another server.');
  const end = (): Promise<string> => {
    ending.abort();
    return running.ended;
  };
  onTestFinished(async () => void (await end()));
  return { ...running, said, end };
}

/** Waits for the server that a session has started. */
export async function untilServed(sheetFolder: string): Promise<ServerFile> {
  for (;;) {
    const file = readServerFile(sheetFolder);
    if (file !== undefined) return file;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A PATH with these programs and no others. */
export function pathOf(folder: string, ...programs: string[]): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const program of programs) symlinkSync(whereIs(program), join(bin, program));
  return bin;
}

function whereIs(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  const found = folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${program} is not installed.`);
  return realpathSync(dirname(found)) + `/${program}`;
}

/** A hook's words, with the keys in the client's order. */
export function words(event: string, more: object = {}, session = 'one'): object {
  return { session_id: session, transcript_path: '/t', cwd: '/', hook_event_name: event, ...more };
}
