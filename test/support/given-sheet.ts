import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { registerAgent, type NewAgent } from '../../src/agent/index.js';
import { invoke, openContext, OPERATIONS, type RawInput } from '../../src/operations/index.js';
import { openSheet } from '../../src/sheet/index.js';
import { makeRepository } from './ready-repository.js';
import { putReadySheet } from './ready-sheet.js';
import { removeFolder } from './remove-folder.js';
import { testClock } from './store.js';

/** Runs git in a repository of a test, as somebody with a name. */
export function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' }).trim();
}

/** A real repository with one commit, removed after the test. */
export function givenCheckout(files: Record<string, string> = { 'a.txt': 'one\n' }): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-operations-')));
  onTestFinished(() => removeFolder(root));
  makeRepository(root, files, 'Start');
  return root;
}

export interface CallOptions {
  as?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  signal?: AbortSignal;
}

/** A sheet in a real repository, and a way to call operations as a face would. */
export async function givenSheet(files?: Record<string, string>) {
  const root = givenCheckout(files);
  const clock = testClock();
  await putReadySheet(join(root, '.git/callsheet/sheet.db'));
  const sheet = await openSheet(root, { env: {}, clock });
  onTestFinished(() => sheet[Symbol.asyncDispose]());
  const emitted: unknown[] = [];
  const said: string[] = [];

  /** The output is what `--json` would print. */
  async function call<Output = Record<string, unknown>>(
    name: string,
    raw: RawInput = {},
    options: CallOptions = {},
  ): Promise<Output> {
    const operation = OPERATIONS.find((each) => each.name === name);
    if (operation === undefined) throw new Error(`There is no operation ${name}`);
    const context = await openContext({
      sheet,
      pid: process.pid,
      cwd: options.cwd ?? root,
      env: options.env ?? {},
      output: 'json',
      say: (line) => said.push(line),
      emit: (event) => emitted.push(event),
      signal: options.signal ?? new AbortController().signal,
      ...(options.as === undefined ? {} : { as: options.as }),
    });
    return (await invoke(operation, context, raw)) as Output;
  }

  /** A registered session, known by its token. */
  async function session(wanted: Partial<NewAgent> & Pick<NewAgent, 'role'>) {
    const { agent, token } = await sheet.store.transaction((tx) =>
      registerAgent(tx, { driver: 'command', ...wanted }),
    );
    return { agent, env: { CALLSHEET_TOKEN: token } };
  }

  return { root, sheet, clock, call, session, emitted, said };
}
