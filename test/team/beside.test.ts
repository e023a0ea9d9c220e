import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { givenSessions, type Session } from '../guard/given-sessions.js';

const ENTRY = join(import.meta.dirname, '../../dist/hook.cjs');

/** A worker that has nothing to do, and the process that its client has started beside it. */
async function givenIdle() {
  const given = await givenSessions();
  const { store } = given.sheet;
  const worker = await given.session({ env: { CALLSHEET_ROLE: 'worker' } });
  await worker.stop();
  const self = async () => findAgentByName(store, 'ada');
  const pid = (await self())?.pid ?? 0;
  const beside = async (session: Session) => {
    const args = [ENTRY, 'claude', String(pid), given.sheet.folder, 'wait'];
    const before = (await self())?.waiter;
    const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] } });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdin.end(JSON.stringify({ session_id: session.id, hook_event_name: 'Stop' }));
    const ended = endOf(child);
    await waits(async () => (await self())?.waiter !== before);
    return { child, ended };
  };
  /** Until a commit of another process has made it so. */
  const waits = (holds: () => Promise<boolean>): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void =>
        void holds().then((so) => {
          if (!so) return;
          stop();
          resolve();
        }, reject);
      const stop = store.watch(look);
      look();
    });
  return { ...given, worker, pid, beside };
}

async function endOf(child: ChildProcess): Promise<{ code: unknown; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, stderr };
}

test('wakes the session by its exit, with the task that it has claimed', async () => {
  const team = await givenIdle();
  const { ended } = await team.beside(team.worker);
  await team.call('task.add', { title: 'First' });
  const { code, stderr } = await ended;
  expect(code).toBe(2);
  expect(stderr).toContain('task-1 is yours now (attempt 1): First');
});

test('ends without a word when another waits, and when the session has ended', async () => {
  const team = await givenIdle();
  const first = await team.beside(team.worker);
  const second = await team.beside(team.worker);
  expect(await first.ended).toEqual({ code: 0, stderr: '' });
  await team.worker.event('SessionEnd', { reason: 'other' });
  expect(await second.ended).toEqual({ code: 0, stderr: '' });
});

test('ends when its client has gone without a word', { timeout: 30_000 }, async () => {
  const team = await givenIdle();
  const { ended } = await team.beside(team.worker);
  process.kill(team.pid, 'SIGKILL');
  expect(await ended).toEqual({ code: 0, stderr: '' });
});
