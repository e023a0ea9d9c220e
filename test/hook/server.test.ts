import { execFile, spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:http';
import { connect, Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { liveAgents } from '../../src/agent/index.js';
import { findEvents } from '../../src/event/index.js';
import { answerHook } from '../../src/hook/index.js';
import { entryPoint, identityOf } from '../../src/process/index.js';
import { serve } from '../../src/server/index.js';
import { readServerFile, serverFile, writeServerFile } from '../../src/server/server-file.js';
import { openSheet } from '../../src/sheet/index.js';
import { findSnapshots } from '../../src/snapshot/index.js';
import { sql, systemClock, type Clock } from '../../src/store/index.js';
import { openDatabase } from '../../src/store/sqlite/database.js';
import { claimTask, createTasks, findTask } from '../../src/task/index.js';
import { git } from '../support/given-sheet.js';
import { removeFolder } from '../support/remove-folder.js';
import { givenHook, givenServer, untilServed, words } from './given-hook.js';

interface Answer {
  status: number | undefined;
  text: string;
  headers: Record<string, unknown>;
}

/** Asks the server, as it wants to be asked but for what is given. */
function ask(
  { port, secret }: { port: number; secret: string },
  { body = '{}', headers = {}, ...options }: RequestOptions & { body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', port, method: 'POST', path: '/hook/claude', agent: false },
        ...options,
        headers: { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${secret}`, ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('the door', () => {
  test('is open for who brings the secret', async () => {
    const { sheet } = await givenHook();
    const { file } = await givenServer(sheet);
    const body = JSON.stringify(words('SessionStart'));
    const answer = await ask(file, { body });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-callsheet-exit': '0' } });
    expect(answer.headers['x-callsheet-proof']).toBe(file.proof);
    expect(answer.text).toContain('callsheet: you are');
    expect(await ask(file, { body, headers: { Host: `localhost:${file.port}` } })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['a name that leads here', { headers: { Host: 'rebound.example' } }, 403],
    ['another port', { headers: { Host: '127.0.0.1:1' } }, 403],
    ['no port', { headers: { Host: '127.0.0.1' } }, 403],
    ['a page of a browser', { headers: { Origin: 'http://localhost' } }, 403],
    ['a page without an origin', { headers: { Origin: 'null' } }, 403],
    ['no secret', { headers: { Authorization: '' } }, 401],
    ['half a secret', { headers: { Authorization: 'Bearer ' } }, 401],
    ['a secret as long as the right one', { headers: { Authorization: `Bearer ${'0'.repeat(64)}` } }, 401],
    ['a client nobody knows', { path: '/hook/other' }, 404],
    ['a path around', { path: '/hook/../hook/claude' }, 404],
    ['a question', { path: '/hook/claude?x' }, 404],
    ['the top', { path: '/' }, 404],
    ['a look', { method: 'GET' }, 405],
    ['an announcement of too much', { headers: { 'Content-Length': String(33 * 1024 * 1024) } }, 413],
  ])('is closed for %s', async (_, options, status) => {
    const { sheet, sheetFolder } = await givenHook();
    const { file, said } = await givenServer(sheet);
    const body = JSON.stringify(words('SessionStart'));
    const answer = await ask(file, { body, ...options }).catch((error: unknown) => error);
    expect(answer).toMatchObject({ status, text: '' });
    expect(existsSync(join(sheetFolder, 'sessions/one'))).toBe(false);
    expect(said).toEqual([]);
  });

  test('is closed for what grows too large on the way', async () => {
    const { sheet } = await givenHook();
    const { file } = await givenServer(sheet);
    const headers = { 'Transfer-Encoding': 'chunked' };
    const answer = ask(file, { body: 'x'.repeat(33 * 1024 * 1024), headers });
    // Whichever comes first: the answer, or the end of the connection.
    await expect(answer.then(({ status }) => status).catch(() => 413)).resolves.toBe(413);
    expect(await ask(file)).toMatchObject({ status: 200 });
  });

  test.each([['{'], ['null'], ['[1]'], ['"x"'], ['{"session_id":{}}'], ['\u0000\u001b[2J'], ['']])(
    'broken words, %j, are nobody’s',
    async (body) => {
      const { sheet } = await givenHook();
      const { file } = await givenServer(sheet);
      expect(await ask(file, { body })).toMatchObject({ status: 200, text: '' });
    },
  );

  test('an error is no answer: the script asks the lean entry', async () => {
    const { sheet } = await givenHook();
    const { file, said } = await givenServer(sheet);
    await sheet.store.transaction((tx) => tx.run(sql`drop table agent`));
    const answer = await ask(file, { body: JSON.stringify(words('SessionStart')) });
    expect(answer).toMatchObject({ status: 500, text: '' });
    expect(said.join('\n')).not.toContain(file.secret);
    expect(said).toHaveLength(1);
  });
});

describe('the file of the server', () => {
  test('is for its owner alone, and is gone when the server has ended', async () => {
    const { sheet, sheetFolder } = await givenHook();
    const server = await givenServer(sheet);
    expect(statSync(serverFile(sheetFolder)).mode & 0o777).toBe(0o600);
    expect(readServerFile(sheetFolder)).toEqual(server.file);
    expect(server.file).toMatchObject({ version: '1.2.3', process: { pid: process.pid } });
    expect(await server.end()).toBe('asked');
    expect(existsSync(serverFile(sheetFolder))).toBe(false);
    await expect(ask(server.file)).rejects.toThrow('ECONNREFUSED');
  });

  test('keeps a second one from coming', async () => {
    const { sheet } = await givenHook();
    const { file } = await givenServer(sheet);
    const second = await serve({ sheet, version: '2', signal: new AbortController().signal });
    expect(second).toEqual({ isOther: true, file });
  });

  test('of two that start at once one stays', async () => {
    const { root, sheet, sheetFolder } = await givenHook();
    const other = await openSheet(root, { env: {} });
    const ending = new AbortController();
    const both = await Promise.all(
      [sheet, other].map((each) => serve({ sheet: each, version: '1', signal: ending.signal })),
    );
    const [stays, ...more] = both.filter((each) => !each.isOther);
    expect(more).toEqual([]);
    expect(readServerFile(sheetFolder)).toEqual(stays?.file);
    ending.abort();
    if (stays?.isOther === false) await stays.ended;
    await other[Symbol.asyncDispose]();
  });

  test('of a process that has gone is replaced', async () => {
    const { sheet, sheetFolder } = await givenHook();
    const process_ = { pid: process.pid, startedAt: 'before it' };
    writeServerFile(sheetFolder, { port: 1, secret: 'ab', proof: 'cd', process: process_, version: '1' });
    const { file } = await givenServer(sheet);
    expect(readServerFile(sheetFolder)).toEqual(file);
  });

  test('of another server is left alone', async () => {
    const { sheet, sheetFolder } = await givenHook();
    const server = await givenServer(sheet);
    const other = { ...server.file, secret: 'ab' };
    writeServerFile(sheetFolder, other);
    await server.end();
    expect(readServerFile(sheetFolder)).toEqual(other);
  });
});

describe('a server ends by itself', () => {
  test('when nobody has asked for a while', async () => {
    const { sheet } = await givenHook();
    const { ended } = await givenServer(sheet, { idleMs: 1, lookEveryMs: 5 });
    expect(await ended).toBe('idle');
  });

  test('but not while the client of a session is running', async () => {
    const { root } = await givenHook();
    let looks = 0;
    let isLooked: () => void = () => undefined;
    const lookedOften = new Promise<void>((resolve) => (isLooked = resolve));
    const clock: Clock = {
      now: () => systemClock.now(),
      after: (ms, work) => {
        if ((looks += 1) === 10) isLooked();
        return systemClock.after(ms, work);
      },
    };
    await using sheet = await openSheet(root, { env: {}, clock });
    const client = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' });
    const asker = identityOf(client.pid ?? 0);
    if (asker === undefined) throw new Error('The client did not start.');
    const guard = { store: sheet.store, sheetFolder: sheet.folder, commonDir: sheet.commonDir };
    await answerHook({ guard, client: () => asker }, 'claude', JSON.stringify(words('SessionStart')));
    const { ended } = await givenServer(sheet, { idleMs: 1, lookEveryMs: 5 });
    expect(await Promise.race([ended, lookedOften])).toBe(undefined);
    client.kill('SIGKILL');
    expect(await ended).toBe('idle');
  });

  test('when the folder of its sheet is gone', async () => {
    const { sheet, folder } = await givenHook();
    const { ended } = await givenServer(sheet, { lookEveryMs: 5 });
    removeFolder(folder);
    expect(await ended).toBe('lost');
  });

  test('when another has taken its place', async () => {
    const { sheet, sheetFolder } = await givenHook();
    const { ended, file } = await givenServer(sheet, { lookEveryMs: 5 });
    writeServerFile(sheetFolder, { ...file, secret: 'ab' });
    expect(await ended).toBe('lost');
  });

  test('when its program has been replaced', async () => {
    const { sheet, folder } = await givenHook();
    const program = join(folder, 'program');
    writeFileSync(program, 'one');
    const { ended } = await givenServer(sheet, { lookEveryMs: 5, program });
    writeFileSync(program, 'other');
    expect(await ended).toBe('replaced');
  });

  test('when a newer callsheet has the sheet, without an answer of its own', async () => {
    const { sheet } = await givenHook();
    const { ended, file } = await givenServer(sheet);
    const database = openDatabase(sheet.file);
    database.exec('pragma user_version = 99');
    database.close();
    expect(await ask(file)).toMatchObject({ status: 503 });
    expect(await ended).toBe('newer');
  });

  test('though somebody keeps a connection open without a word', async () => {
    const { sheet } = await givenHook();
    const { ended, file, end } = await givenServer(sheet);
    const silent = connect(file.port, '127.0.0.1');
    await new Promise<void>((resolve) => silent.once('connect', resolve));
    const closed = new Promise<void>((resolve) => silent.once('close', () => resolve()));
    silent.resume();
    await end();
    await Promise.all([ended, closed]);
  });
});

test('the built server ends on SIGTERM, and takes its file with it', async () => {
  const { root, sheetFolder } = await givenHook();
  const running = promisify(execFile)(process.execPath, [entryPoint('server'), join(root, '.git')]);
  const file = await untilServed(sheetFolder);
  expect(await ask(file)).toMatchObject({ status: 200 });
  running.child.kill('SIGTERM');
  await running;
  expect(existsSync(serverFile(sheetFolder))).toBe(false);
});

test('one that cannot write itself down listens no more', async () => {
  const { sheet } = await givenHook();
  const listening = vi.spyOn(Server.prototype, 'listen');
  onTestFinished(() => listening.mockRestore());
  const isFull = { value: () => Promise.reject(new Error('The disk is full.')) };
  const store = Object.create(sheet.store, { transaction: isFull }) as typeof sheet.store;
  const serving = serve({ sheet: { ...sheet, store }, version: '1', signal: new AbortController().signal });
  await expect(serving).rejects.toThrow('The disk is full.');
  const servers = listening.mock.contexts as Server[];
  expect(servers.map((server) => server.listening)).toEqual([false]);
});

test('a session that ends is answered at once; then its checkout is kept, and its task is ready again', async () => {
  const { sheet, root } = await givenHook();
  const { file, end } = await givenServer(sheet);
  await ask(file, { body: JSON.stringify({ ...words('SessionStart'), cwd: root }) });
  await sheet.store.transaction(async (tx) => {
    const [agent] = await liveAgents(tx);
    await createTasks(tx, [{ id: 'limiter', title: 'Limit it', spec: '' }]);
    if (agent !== undefined) await claimTask(tx, 'limiter', agent, 60_000);
  });
  writeFileSync(join(root, 'a.txt'), 'two\n');
  const body = JSON.stringify({ ...words('SessionEnd', { reason: 'other' }), cwd: root });
  expect(await ask(file, { body })).toMatchObject({ status: 200, text: '' });
  await end();
  const snapshots = await findSnapshots(sheet.store, { workspace: root });
  expect(snapshots).toMatchObject([{ reason: 'at the end of a session' }]);
  expect(git(root, 'show', `${snapshots[0]?.ref}:a.txt`)).toBe('two');
  expect(await findTask(sheet.store, 'limiter')).toMatchObject({ state: 'ready' });
  const log = (await findEvents(sheet.store, {})).map(({ type }) => type);
  expect(log.indexOf('snapshot.taken')).toBeLessThan(log.indexOf('task.released'));
});
