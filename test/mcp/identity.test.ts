import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { registerAgent, noteProcess } from '../../src/agent/index.js';
import { startSession } from '../../src/guard/index.js';
import { identityOf, type ProcessIdentity } from '../../src/process/index.js';
import { allEntries } from '../../src/process/table.js';
import { givenSheet } from '../support/given-sheet.js';
import { givenMcp } from './given-mcp.js';

const SERVER = join(import.meta.dirname, '../../dist/mcp.cjs');

type Agents = { name: string; role: string; driver: string; ended: string | null; pid: number }[];

/** Its clock goes with that of the server, but for so much. */
async function givenPlace({ behindMs = 0 } = {}) {
  const given = await givenSheet();
  const { sheet, clock } = given;
  clock.advance(Date.now() - clock.now() - behindMs);
  return {
    ...given,
    guard: { store: sheet.store, sheetFolder: sheet.folder, commonDir: sheet.commonDir },
    agents: async () =>
      (
        await given.call<{ rows: Agents }>('sql', {
          query: "select name, role, driver, ended, pid from agents where driver <> 'terminal'",
        })
      ).rows,
  };
}

/** What a shell does as a client, with lines to it and from it. */
function givenClient(root: string, script: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn('sh', ['-c', script, process.execPath, SERVER], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: root, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('The client did not start');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  let calls = 0;
  const answer = async (id: number): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = text
        .split('\n')
        .find((each) => each.includes(`"id":${id}}`) || each.includes(`"id":${id},`));
      if (line !== undefined) return (JSON.parse(line) as { result: Record<string, unknown> }).result;
      await once(child.stdout, 'data');
    }
  };
  const ask = (method: string, params: object): Promise<Record<string, unknown>> => {
    calls += 1;
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: calls, method, params })}\n`);
    return answer(calls);
  };
  return {
    ...{ child, identity },
    printed: async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) await once(child.stdout, 'data');
    },
    connect: () =>
      ask('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'A client\u001b[2J', version: '1' },
      }),
    use: (name: string, input: object = {}) => ask('tools/call', { name, arguments: input }),
    tools: async () => JSON.stringify(await ask('tools/list', {})),
  };
}

function childOf(pid: number): number {
  return allEntries().find(({ parentPid }) => parentPid === pid)?.pid ?? 0;
}

/** The server as a child of the shell, as lead. */
const LEAD_CHILD = '"$0" "$1" --role lead; exit $?';

test('a session that only the server knows is registered by its first call, and ends with the connection', async () => {
  const { root, call, agents } = await givenPlace();
  await call('task.add', { title: 'One' });
  const { client, use, close } = await givenMcp(root, { name: 'Claude Desktop \u202e' });
  await client.listTools();
  expect(await agents()).toEqual([]);
  await use('claim_task');
  await use('lock_files', { paths: ['a.txt'] });
  expect(await agents()).toMatchObject([
    { name: 'ada', role: 'worker', driver: 'Claude-Desktop-', ended: null },
  ]);
  await close();
  expect((await agents())[0]?.ended).not.toBeNull();
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'ready', failures: 0 });
  expect(await call('lock.list')).toEqual({ locks: [] });
});

test('a client whose hooks were there first is that session, and ends with its hooks only', async () => {
  const { root, guard, call, agents } = await givenPlace();
  const client = givenClient(root, '"$0" "$1"; echo over; cat');
  await startSession(guard, { client: 'claude', sessionId: 'one', process: client.identity });
  await call('task.add', { title: 'One' });
  await client.connect();
  await client.use('claim_task');
  expect(await agents()).toMatchObject([{ name: 'ada', driver: 'claude', pid: client.identity.pid }]);
  process.kill(childOf(client.identity.pid), 'SIGTERM');
  await client.printed('over');
  expect((await agents())[0]?.ended).toBeNull();
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running' });
});

test('hooks that come later take over the session that the server has registered, with what it holds', async () => {
  const { root, guard, clock, call, agents } = await givenPlace();
  await call('task.add', { title: 'One' });
  const client = givenClient(root, LEAD_CHILD);
  await client.connect();
  await client.use('claim_task');
  await startSession(guard, { client: 'claude', sessionId: 'one', process: client.identity });
  expect(await agents()).toMatchObject([{ name: 'ada', role: 'supervisor', driver: 'claude' }]);
  await client.use('complete_task', { result: { summary: 'done' } });
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'done' });
  clock.advance(Date.now() - clock.now() + 1);
  // After `/clear` the same process is another session.
  await startSession(guard, { client: 'claude', sessionId: 'two', process: client.identity });
  await client.use('get_status');
  expect(await agents()).toMatchObject([{ name: 'ada' }, { name: 'bo', role: 'supervisor' }]);
});

test('a session that has run for a while is not made lead, nor a client that a worker has started; the log says so', async () => {
  const { root, sheet, guard, call, agents } = await givenPlace({ behindMs: 120_000 });
  const old = givenClient(root, LEAD_CHILD);
  await startSession(guard, { client: 'claude', sessionId: 'one', process: old.identity });
  await old.connect();
  await old.use('get_status');
  const nested = givenClient(root, LEAD_CHILD);
  const self = identityOf(process.pid) as ProcessIdentity;
  await sheet.store.transaction(async (tx) => {
    const { agent } = await registerAgent(tx, { role: 'worker', driver: 'codex', name: 'outer' });
    await noteProcess(tx, agent.id, self);
  });
  await nested.connect();
  await nested.use('get_status');
  expect((await agents()).map(({ role }) => role)).toEqual(['worker', 'worker', 'worker']);
  expect(await nested.use('init_coordination', { goal: 'Mine' })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'NOT_ALLOWED' } },
  });
  expect(await nested.tools()).not.toContain('init_coordination');
  const { rows } = await call<{ rows: object[] }>('sql', {
    query: "select type from events where type = 'agent.part-refused'",
  });
  expect(rows).toHaveLength(2);
});

test('what the client was started for goes before what its set-up says', async () => {
  const { root, agents } = await givenPlace();
  const client = givenClient(root, LEAD_CHILD, { CALLSHEET_ROLE: 'worker', CALLSHEET_SPECIALITY: 'tests' });
  await client.connect();
  await client.use('get_status');
  expect(await agents()).toMatchObject([{ role: 'worker' }]);
});

test('the worker of a run is known by its token', async () => {
  const { root, session, agents } = await givenPlace();
  const worker = await session({ role: 'worker', name: 'cy' });
  const { use } = await givenMcp(root, { role: 'lead', env: worker.env });
  await use('add_discovery', { text: 'It rains' });
  expect((await use('search_context', { query: 'rains' })).text).toContain('cy');
  expect((await agents()).map(({ name }) => name)).toEqual(['cy']);
  const ended = await givenMcp(root, { env: { CALLSHEET_TOKEN: 'none' } });
  expect(await ended.use('get_status')).toMatchObject({
    isError: true,
    data: { error: { code: 'TOKEN_INVALID' } },
  });
});

test('a server that is killed, and started again by the same client, goes on as the same session', async () => {
  const { root, call, agents } = await givenPlace();
  await call('task.add', { title: 'One' });
  const twice = '"$0" "$1"; "$0" "$1"; exit $?';
  const client = givenClient(root, twice);
  await client.connect();
  await client.use('claim_task');
  expect(await agents()).toMatchObject([{ name: 'ada', pid: client.identity.pid }]);
  process.kill(childOf(client.identity.pid), 'SIGKILL');
  await client.connect();
  await client.use('report', { kind: 'progress', text: 'back', id: 'task-1' });
  expect(await agents()).toMatchObject([{ name: 'ada', ended: null }]);
  expect(await call('task.show', { id: 'task-1' })).toMatchObject({ state: 'running', attempt: 1 });
});
