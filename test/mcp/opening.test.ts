import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/client';
import { givenRepository } from '../support/given-repository.js';

const PROJECT = join(import.meta.dirname, '../..');
const SERVER = ['dist/mcp.cjs'];

interface Message {
  id?: string | number;
  method: string;
  params?: object;
}

/** A server, and a client that writes what it likes and reads line by line. */
function givenServer(cwd: string, [file = '', ...args]: readonly string[] = SERVER, project = PROJECT) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, CALLSHEET_NO_SERVER: '1' };
  const child = spawn(process.execPath, [join(project, file), ...args], { cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    write: (text: string) => child.stdin.write(text),
    read: async () => JSON.parse((await answers.next()).value as string) as Record<string, unknown>,
    ended: once(child, 'close'),
  };
}

const written = (message: Message): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;

function greeting(protocolVersion = '2025-11-25', others: object = {}): Message {
  const clientInfo = { name: 'plain', version: '1' };
  return {
    id: 0,
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo, ...others },
  };
}

const QUESTIONS: Message[] = [
  { id: 1, method: 'tools/list' },
  { id: 'two', method: 'prompts/list', params: {} },
  { id: 3, method: 'resources/list' },
  { id: 4, method: 'ping' },
];
const STATUS: Message = { id: 5, method: 'tools/call', params: { name: 'get_status', arguments: {} } };

/** What is answered to a greeting and what follows it, one by one. */
async function answersTo(cwd: string, first: Message, args: readonly string[] = []): Promise<unknown[]> {
  const { write, read } = givenServer(cwd, [...SERVER, ...args]);
  const answers = [];
  write(written(first));
  answers.push(await read());
  write(written({ method: 'notifications/initialized' }));
  for (const question of QUESTIONS) {
    write(written(question));
    answers.push(await read());
  }
  return answers;
}

describe('a client that asks plainly is told what the SDK would tell it', () => {
  test.each(SUPPORTED_PROTOCOL_VERSIONS)('in version %s', async (version) => {
    const { root } = await givenRepository();
    // What is not plain is left to the SDK.
    const bySdk = await answersTo(root, greeting(version, { _meta: { progressToken: 1 } }));
    expect(bySdk[0]).toMatchObject({ result: { protocolVersion: version } });
    expect(await answersTo(root, greeting(version))).toEqual(bySdk);
  });

  test('as a lead', async () => {
    const { root } = await givenRepository();
    const asLead = ['--role', 'lead'];
    const bySdk = await answersTo(root, greeting(undefined, { _meta: {} }), asLead);
    expect(JSON.stringify(bySdk)).toContain('create_task');
    expect(await answersTo(root, greeting(), asLead)).toEqual(bySdk);
  });

  test('where there is no repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callsheet-none-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const bySdk = await answersTo(folder, greeting(undefined, { _meta: {} }));
    expect(JSON.stringify(bySdk)).toContain('nothing to offer');
    expect(await answersTo(folder, greeting())).toEqual(bySdk);
  });
});

test('what is asked first needs no more than the first program', async () => {
  const { root } = await givenRepository();
  const project = mkdtempSync(join(tmpdir(), 'callsheet-first-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  mkdirSync(join(project, 'dist'));
  for (const file of ['package.json', 'dist/mcp.cjs']) cpSync(join(PROJECT, file), join(project, file));
  const { write, read, child, ended } = givenServer(root, SERVER, project);
  write([greeting(), ...QUESTIONS].map(written).join(''));
  for (const { id } of [greeting(), ...QUESTIONS]) expect(await read()).toMatchObject({ id, result: {} });
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
});

test('each request is answered once, whoever answers it', async () => {
  const { root } = await givenRepository();
  const { write, read } = givenServer(root);
  write([greeting(), ...QUESTIONS, STATUS, ...QUESTIONS].map(written).join(''));
  const ids = [];
  for (const _ of [greeting(), ...QUESTIONS, STATUS, ...QUESTIONS]) ids.push((await read())['id']);
  expect(ids.slice(0, 5)).toEqual([0, 1, 'two', 3, 4]);
  expect(ids.slice(5).map(String).sort()).toEqual(['1', '3', '4', '5', 'two']);
});

test('a message may come in pieces', async () => {
  const { root } = await givenRepository();
  const { write, read } = givenServer(root);
  const text = written(greeting());
  write(text.slice(0, 20));
  await new Promise((resolve) => setImmediate(resolve));
  write(`${text.slice(20)}${written(STATUS).slice(0, 30)}`);
  expect(await read()).toMatchObject({ id: 0 });
  write(written(STATUS).slice(30));
  expect(await read()).toMatchObject({ id: 5, result: { structuredContent: {} } });
});

test.each([
  ['no message', 'hello\n', []],
  ['a greeting without a client', written({ ...greeting(), params: {} }), [-32603]],
  ['what there is not', `${written(greeting())}${written({ id: 1, method: 'tools/none' })}`, [-32601]],
])('%s is left to the SDK, which goes on', async (_, text, codes) => {
  const { root } = await givenRepository();
  const { write, read } = givenServer(root);
  write(`${text}${written({ ...STATUS, id: 'last' })}`);
  const answers = [];
  do answers.push(await read());
  while (answers.at(-1)?.['id'] !== 'last');
  const refusals = answers.flatMap(({ error }) =>
    error === undefined ? [] : [(error as { code: number }).code],
  );
  expect(refusals).toEqual(codes);
});

test('a signal ends a server of which nothing was asked yet, started as a command as well', async () => {
  const { root } = await givenRepository();
  const { write, read, child, ended } = givenServer(root, ['dist/callsheet.cjs', 'mcp']);
  write(written(greeting()));
  await read();
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
});
