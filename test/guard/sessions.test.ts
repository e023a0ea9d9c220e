import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { defined } from '../../src/store/index.js';
import { blockTask, claimTask, findTask } from '../../src/task/index.js';
import { givenSessions, TEN_LINES } from './given-sessions.js';

describe('a session', () => {
  test('is greeted with its name and who else is at work', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    expect(ada.greeting).toContain('you are ada');
    expect(ada.greeting).toContain('No other session is at work.');
    await ada.edit('a.txt', 'two', 'TWO');
    const bo = await given.session();
    expect(bo.greeting).toMatch(/you are bo[\s\S]*ada \(claude, here for .*\) has written a\.txt/);
    expect(bo.greeting.length).toBeLessThan(1_600);
  });

  test('that was resumed or compacted finds its own picture', async () => {
    const given = await givenSessions();
    const ada = await given.session({ id: 'one' });
    await ada.read('a.txt');
    await ada.edit('a.txt', 'two', 'TWO');
    const again = await given.session({ id: 'one', source: 'compact' });
    expect(again.greeting).toMatch(/you are ada[\s\S]*You have written a\.txt/);
    expect(await again.write('a.txt', 'x\n')).toEqual({});
  });

  test('keeps the summary that its memory was shortened to', async () => {
    const given = await givenSessions();
    const ada = await given.session({ id: 'one' });
    await ada.edit('a.txt', 'two', 'TWO');
    await ada.event('PostCompact', { compact_summary: '<summary>Tokens are counted per key.</summary>' });
    const again = await given.session({ id: 'one', source: 'resume' });
    expect(again.greeting).toContain('Your last summary: Tokens are counted per key.');
    const note = await given.call<{ text: string; files: string[] }>('note.get', { key: 'session:ada' });
    expect(note).toMatchObject({ text: 'Tokens are counted per key.', files: ['a.txt'] });
  });

  test('that holds a task has its summary as a checkpoint of that', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await given.call('task.add', { title: 'Limit it', id: 'limiter' }, { as: 'mia' });
    await given.sheet.store.transaction(async (tx) => {
      const agent = await findAgentByName(tx, 'ada');
      if (agent !== undefined) await claimTask(tx, 'limiter', agent, 60_000);
    });
    await ada.event('PostCompact', { compact_summary: 'Half of it is done.' });
    const shown = await given.call<{ checkpoint: unknown }>('task.show', { id: 'limiter' }, { as: 'mia' });
    expect(JSON.stringify(shown)).toContain('Half of it is done.');
  });

  test('is told once of another that has written the same file', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.edit('a.txt', 'two', 'TWO');
    expect((await bo.edit('a.txt', 'nine', 'NINE')).told).toContain('ada works on a.txt too');
    expect((await ada.afterBatch()).told).toContain('bo works on a.txt too');
    expect((await bo.edit('a.txt', 'NINE', 'neun')).told).toBeUndefined();
  });

  test('is kept out of a file that somebody has locked by hand, and told by whom', async () => {
    const given = await givenSessions();
    const bo = await given.session();
    await given.call('lock.acquire', { paths: ['a.txt'] }, { as: 'mia' });
    const { refused } = await bo.edit('a.txt', 'two', 'TWO');
    expect(refused).toMatch(/a\.txt is locked by mia since .*; the lock ends in .* unless it is renewed/);
    expect(refused).toContain('callsheet lock acquire a.txt --wait 5m');
    await given.call('lock.release', { all: true }, { as: 'mia' });
    expect((await bo.edit('a.txt', 'two', 'TWO')).refused).toBeUndefined();
  });

  test('sees a file that a prompt names as seen in part', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.prompt('Please look at @a.txt, and mind @nobody.txt.');
    expect((await ada.write('a.txt', 'x\n')).refused).toContain('a part only');
  });

  test('accounts for what an interrupted step had written, at its next prompt', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('a.txt');
    await bo.read('a.txt');
    await ada.ask('Edit', { file_path: given.path('a.txt'), old_string: 'two', new_string: 'TWO' });
    given.put('a.txt', TEN_LINES.replace('two', 'TWO'));
    await ada.prompt('go on');
    expect((await bo.write('a.txt', 'x\n')).refused).toMatch(/ada wrote it/);
  });
});

describe('a subagent', () => {
  test('has its parent’s picture at its start, and hands its own back', async () => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': 'b\n' });
    const ada = await given.session();
    await ada.read('a.txt');
    const sub = await ada.subagent('sub1');
    await sub.read('b.txt');
    expect(await sub.write('a.txt', 'x\n')).toEqual({});
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    expect(await ada.write('a.txt', 'y\n')).toEqual({});
    expect(await ada.write('b.txt', 'y\n')).toEqual({});
  });

  test('has reads of its own while it works', async () => {
    const given = await givenSessions();
    const ada = await given.session();
    await ada.read('a.txt');
    const sub = await ada.subagent('sub1');
    await sub.edit('a.txt', 'two', 'TWO');
    expect((await ada.write('a.txt', 'x\n')).refused).toMatch(/ada\.1 wrote it/);
  });

  /** One that has seen a.txt and has been ended, though it goes on. */
  async function givenEnded() {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
    const [ada, bo] = [await given.session(), await given.session()];
    await ada.read('b.txt');
    given.clock.advance(1_000);
    const sub = await ada.subagent('sub1');
    await sub.read('a.txt');
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    return { ...given, ada, bo, sub };
  }

  test('that goes on after its end has its own picture again', async () => {
    const { ada, bo, sub } = await givenEnded();
    await bo.edit('a.txt', 'two', 'TWO');
    await ada.read('a.txt');
    expect((await sub.ask('Edit', editOf(sub.cwd, 'a.txt', 'three'))).refused).toMatch(/bo wrote it/);
  });

  test('that goes on after its end knows what its parent does of what it has not seen itself', async () => {
    const { bo, sub } = await givenEnded();
    await bo.edit('b.txt', 'two', 'TWO');
    expect((await sub.ask('Edit', editOf(sub.cwd, 'b.txt', 'three'))).refused).toMatch(/bo wrote it/);
  });

  test('that goes on after its end keeps others off what it is about to write, and is known to have written it', async () => {
    const { bo, sub, ...given } = await givenEnded();
    const { call } = await sub.ask('Write', { file_path: `${sub.cwd}/a.txt`, content: 'sub\n' });
    expect((await bo.write('a.txt', 'bo\n')).refused).toContain('ada.1 is about to write a.txt');
    given.put('a.txt', 'sub\n');
    await sub.afterBatch(call);
    expect(await given.writes()).toEqual([{ agent: 'ada.1', path: 'a.txt' }]);
  });

  test('does not come back by itself when its session has ended', async () => {
    const { ada, sub, sheet } = await givenEnded();
    await ada.event('SessionEnd', { reason: 'other' });
    await sub.read('a.txt');
    const { endedAt } = (await findAgentByName(sheet.store, 'ada.1')) ?? {};
    expect(endedAt).toBeDefined();
  });
});

function editOf(cwd: string, name: string, text: string) {
  return { file_path: `${cwd}/${name}`, old_string: text, new_string: text.toUpperCase() };
}

describe('a task that a session holds', () => {
  /** A session of a client's process, which holds a task, and a person who can look at that. */
  async function givenHolder(keep?: () => Promise<void>) {
    const given = await givenSessions();
    const client = spawn('sleep', ['1000'], { stdio: 'ignore' });
    onTestFinished(() => void client.kill('SIGKILL'));
    const ada = await given.session({ id: 'one', ...defined({ pid: client.pid, keep }) });
    await given.call('task.add', { title: 'Limit it', id: 'limiter' }, { as: 'mia' });
    await given.sheet.store.transaction(async (tx) => {
      const agent = await findAgentByName(tx, 'ada');
      if (agent !== undefined) await claimTask(tx, 'limiter', agent, 60_000);
    });
    const task = async () => findTask(given.sheet.store, 'limiter');
    return {
      ...{ ...given, ada, task },
      killed: async () => {
        client.kill('SIGKILL');
        await once(client, 'exit');
      },
      /** What the person has been told. */
      told: async (): Promise<string> => {
        const { messages } = await given.call<{ messages: { body: string }[] }>('inbox', {}, { as: 'mia' });
        return messages.map(({ body }) => body).join();
      },
    };
  }

  test('is ready again when the session has ended, after a snapshot, and the person is told', async () => {
    const seen: unknown[] = [];
    const { ada, task, told } = await givenHolder(async () => {
      const { state, claimedBy } = (await task()) ?? {};
      seen.push([state, claimedBy !== undefined]);
    });
    await ada.event('SessionEnd', { reason: 'other' });
    expect(seen).toEqual([['running', true]]);
    expect(await task()).toMatchObject({ state: 'ready', failures: 0 });
    expect(await told()).toContain(
      'limiter was given back: the session of ada has ended. Ready now: limiter.',
    );
  });

  test('is ready again without a server, which would take the snapshot, too', async () => {
    const { ada, task } = await givenHolder();
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await task())?.state).toBe('ready');
  });

  test('stays its own when it comes back while the snapshot is taken', async () => {
    const { ada, session, task } = await givenHolder(
      async () => void (await session({ id: 'one', source: 'resume' })),
    );
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await task())?.state).toBe('running');
  });

  test('that was ended before its answer had left is taken back by the next command', async () => {
    const { ada, call, task } = await givenHolder();
    ada.hears = false;
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await task())?.state).toBe('running');
    await call('status', {}, { as: 'mia' });
    expect(await task()).toMatchObject({ state: 'ready', reason: 'the session of ada has ended' });
  });

  test('is taken back by the next command when its client was killed', async () => {
    const { call, task, told, killed } = await givenHolder();
    await call('status', {}, { as: 'mia' });
    expect((await task())?.state).toBe('running');
    await killed();
    await call('status', {}, { as: 'mia' });
    expect(await task()).toMatchObject({ state: 'ready', failures: 0 });
    expect(await told()).toContain('the session of ada has gone without a word');
  });

  test('is taken back by the next session when its client was killed', async () => {
    const { session, task, killed } = await givenHolder();
    await killed();
    const bo = await session();
    expect(bo.greeting).toContain('No other session is at work.');
    expect((await task())?.state).toBe('ready');
  });

  test('stays its own as long as its client goes on, however long it says nothing', async () => {
    const { call, clock, task, killed } = await givenHolder();
    for (let hours = 0; hours < 3; hours += 1) {
      clock.advance(3_600_000);
      await call('status', {}, { as: 'mia' });
      expect((await task())?.state).toBe('running');
    }
    await killed();
    await call('status', {}, { as: 'mia' });
    expect((await task())?.state).toBe('ready');
  });

  test('waits for a person where it is blocked, though the session has ended', async () => {
    const { ada, sheet, task } = await givenHolder();
    await sheet.store.transaction(async (tx) => {
      await blockTask(tx, { taskId: 'limiter', attempt: 1 }, 'which limit?');
    });
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await task())?.state).toBe('blocked');
  });
});

describe('a session that a person renames', () => {
  test('is told at its next step, and shown by its new name wherever it is named', async () => {
    const given = await givenSessions();
    const [ada, bo] = [await given.session({ id: 'one' }), await given.session()];
    await ada.event('PostCompact', { compact_summary: 'Tokens are counted per key.' });
    await ada.edit('a.txt', 'two', 'TWO');
    await (await ada.subagent('helper')).edit('a.txt', 'four', 'FOUR');
    const renamed = await given.call('agent.rename', { agent: 'ada', name: 'limiter' }, { as: 'mia' });
    expect(renamed).toMatchObject({ name: 'limiter', before: 'ada' });
    expect((await ada.afterBatch()).told).toContain('mia has renamed you: you are limiter');
    expect((await ada.afterBatch()).told).toBeUndefined();
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toContain('work of limiter,');
    const { agents } = await given.call<{ agents: { name: string }[] }>('status');
    expect(agents.map(({ name }) => name).sort()).toEqual(['bo', 'limiter', 'limiter.1']);
    const again = await given.session({ id: 'one', source: 'resume' });
    expect(again.greeting).toMatch(/you are limiter [\s\S]*Your last summary: Tokens are counted per key/);
    expect((await given.session()).greeting).toMatch(/you are cy[\s\S]*limiter \(claude/);
    const log = await given.call<{ events: { agent?: string; type: string }[] }>('log', { agent: 'ada' });
    expect(new Set(log.events.map(({ agent }) => agent))).toEqual(new Set(['limiter']));
  });

  test('may be called as it is already, and is no person', async () => {
    const given = await givenSessions();
    await given.session();
    await given.call('lock.acquire', { paths: ['x'] }, { as: 'mia' });
    const rename = (agent: string, name: string) =>
      given.call('agent.rename', { agent, name }, { as: 'mia' });
    expect(await rename('ada', 'ada')).toMatchObject({ name: 'ada', before: 'ada' });
    await expect(rename('mia', 'eve')).rejects.toMatchObject({ code: 'AGENT_NOT_RENAMED' });
    await expect(rename('ada', 'lead')).rejects.toMatchObject({ code: 'AGENT_NAME_TAKEN' });
    await expect(rename('ada', 'a/b')).rejects.toMatchObject({ code: 'AGENT_NAME_INVALID' });
    await expect(rename('nobody', 'x')).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  });
});

describe('a fork', () => {
  test('of a session that its client was started with knows what that has seen, and hears what it has not', async () => {
    const given = await givenSessions({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
    const ada = await given.session({ id: 'one' });
    await ada.read('a.txt');
    await ada.read('b.txt');
    const bo = await given.session();
    await bo.edit('b.txt', 'two', 'TWO');
    await ada.event('SessionEnd', { reason: 'other' });
    const client = spawn('sh', ['-c', 'read x', 'claude', '--resume', 'one', '--fork-session']);
    onTestFinished(() => void client.kill('SIGKILL'));
    await once(client, 'spawn');
    const fork = await given.session({ id: 'two', source: 'fork', ...defined({ pid: client.pid }) });
    expect(fork.greeting).toContain('you are cy');
    expect((await fork.write('a.txt', 'x\n')).refused).toBeUndefined();
    expect((await given.session({ id: 'other' })).greeting).toContain('you are dee');
    const again = await given.session({ id: 'three', source: 'fork', ...defined({ pid: client.pid }) });
    expect((await again.write('a.txt', 'y\n')).refused).toBeUndefined();
    expect((await again.afterBatch()).told).toBeUndefined();
  });

  test('hears of what others have changed since its parent was last told', async () => {
    const given = await givenSessions();
    const process = defined({ pid: globalThis.process.pid });
    const ada = await given.session({ id: 'one', ...process });
    await ada.read('a.txt');
    const bo = await given.session();
    await bo.edit('a.txt', 'two', 'TWO');
    const fork = await given.session({ id: 'two', source: 'fork', ...process });
    expect((await fork.afterBatch()).told).toContain('+TWO');
  });

  test('of which nobody says where it comes from begins with nothing', async () => {
    const given = await givenSessions();
    const ada = await given.session({ id: 'one' });
    await ada.read('a.txt');
    const fork = await given.session({ id: 'two', source: 'fork' });
    expect((await fork.write('a.txt', 'x\n')).refused).toContain('which you have not seen');
    const fresh = await given.session({ id: 'three', source: 'startup', pid: process.pid });
    expect((await fresh.write('a.txt', 'x\n')).refused).toContain('which you have not seen');
  });
});

describe('the instructions that a client loads by itself', () => {
  test.each([
    ['claude', 'CLAUDE.md'],
    ['claude', '.claude/CLAUDE.md'],
    ['codex', 'AGENTS.md'],
  ] as const)(
    'of %s (%s) count as seen in part: it is told when another changes them',
    async (client, name) => {
      const given = await givenSessions({ [name]: TEN_LINES, 'lib/a.txt': 'a\n' });
      const ada = await given.session({ client, cwd: given.path('lib') });
      const bo = await given.session();
      await bo.edit(name, 'two', 'TWO');
      expect((await ada.afterBatch()).told).toContain(`${name} has changed since you last saw it: bo`);
    },
  );
});
