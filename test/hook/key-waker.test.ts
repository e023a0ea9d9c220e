import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { noteIdle, noteProcess, registerAgent } from '../../src/agent/index.js';
import { findProgram } from '../../src/client/index.js';
import { findEvents } from '../../src/event/index.js';
import { sendMessage } from '../../src/message/index.js';
import { identityOf } from '../../src/process/index.js';
import { KeyWaker } from '../../src/server/key-waker.js';
import { openSheet } from '../../src/sheet/index.js';
import { createTasks } from '../../src/task/index.js';
import { openTerminal, type Terminal } from '../clients/terminal.js';
import { givenCheckout } from '../support/given-sheet.js';

const PROGRAM = join(import.meta.dirname, 'prompt-program.mjs');
const PATIENCE_MS = 600;

/** A sheet, and terminals in it with a program that stands for Codex. */
async function givenTerminals() {
  const root = givenCheckout();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-keys-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sheet = await openSheet(root, { env: {} });
  onTestFinished(() => sheet[Symbol.asyncDispose]());
  const { store } = sheet;
  const tmux = findProgram('tmux', process.env, root) ?? '';
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' };
  const opened = (command: readonly string[]): Terminal => {
    const terminal = openTerminal(command, { cwd: root, env });
    onTestFinished(() => terminal[Symbol.asyncDispose]());
    return terminal;
  };
  let count = 0;
  return {
    ...{ root, folder, store, opened },
    /** The program, with what stands in its prompt. */
    async program(typed = '', heeds = 'yes') {
      count += 1;
      const file = join(folder, `lines-${count}`);
      const terminal = opened([process.execPath, PROGRAM, file, typed, heeds]);
      await terminal.shows(/› \S/);
      return { terminal, lines: () => (existsSync(file) ? readFileSync(file, 'utf8') : '') };
    },
    /** An idle worker that is handed tasks, whose client is this process. */
    async idle(pid: number, driver = 'codex') {
      const identity = identityOf(pid);
      if (identity === undefined) throw new Error('The program has ended');
      return store.transaction(async (tx) => {
        const session = {
          role: 'worker',
          driver,
          follows: true,
          clientSession: `${driver}:s-${pid}`,
        } as const;
        const { agent } = await registerAgent(tx, session);
        await noteProcess(tx, agent.id, identity);
        await noteIdle(tx, agent.id, tx.now);
        return agent;
      });
    },
    addTask: () => store.transaction((tx) => createTasks(tx, [{ id: 'one', title: 'One', spec: 'Do it' }])),
    tell: (to: string, body: string) =>
      store.transaction((tx) => sendMessage(tx, { type: 'INSTRUCTION', to: [to], body })),
    /** So many looks at who is to be woken, and all that follows. */
    async look(times = 1): Promise<void> {
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      const waker = new KeyWaker({ store, root, tmux, patienceMs: PATIENCE_MS, say });
      for (let more = 1; more < times; more += 1) waker.noted();
      await waker.finished();
      expect(said).toEqual([]);
    },
    events: async () =>
      (await findEvents(store, {}))
        .filter(({ type }) => type.endsWith('woken'))
        .map(({ type, data }) => ({ type, ...data })),
  };
}

// Which CI does not accept: it installs tmux.
const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux) console.warn('SKIPPED: waking by keys. tmux is not installed');

describe.skipIf(!hasTmux)('an idle session in tmux', () => {
  test('is woken by one line that no message has a part in, and once', async () => {
    const given = await givenTerminals();
    const { terminal, lines } = await given.program();
    const agent = await given.idle(terminal.pid);
    await given.look();
    expect(lines()).toBe('');
    await given.tell(agent.id, '$(touch x)\r!rm -rf .\r');
    await given.look();
    expect(lines()).toBe('callsheet: there is mail for you\n');
    expect(await given.events()).toEqual([{ type: 'agent.woken', by: 'keys', for: 'mail', pane: '%0' }]);
    // Its client has no hook here, so that it is idle still.
    await given.tell(agent.id, 'more');
    await given.look();
    expect(lines().split('\n')).toHaveLength(2);
    await given.store.transaction((tx) => noteIdle(tx, agent.id, tx.now + 1));
    await given.look();
    expect(lines().split('\n')).toHaveLength(3);
  });

  test('hears of a task when that is what waits', async () => {
    const given = await givenTerminals();
    const { terminal, lines } = await given.program();
    await given.idle(terminal.pid);
    await given.addTask();
    await given.look();
    expect(lines()).toBe('callsheet: there is a task; end your turn to get it\n');
  });

  test('is left alone where somebody has typed something, which is said once', async () => {
    const given = await givenTerminals();
    const { terminal, lines } = await given.program('half a thou');
    await given.idle(terminal.pid);
    await given.addTask();
    await given.look(2);
    expect(await terminal.screen()).toMatch(/› half a thou\s*$/);
    expect(lines()).toBe('');
    expect(await given.events()).toMatchObject([
      { type: 'agent.not-woken', why: 'its prompt does not stand there as expected' },
    ]);
  });

  test('that does not take what is typed is said not to be awake, and not typed at again', async () => {
    const given = await givenTerminals();
    const { terminal } = await given.program('', 'no');
    await given.idle(terminal.pid);
    await given.addTask();
    await given.look();
    await given.look();
    expect(await given.events()).toMatchObject([
      { type: 'agent.not-woken', why: expect.stringMatching(/after the line was sent$/) as string },
    ]);
    expect(await terminal.screen()).toMatch(/› callsheet: there is a task; end your turn to get it\s*$/);
  });

  test('gets no keys when another program stands in front of it', async () => {
    const given = await givenTerminals();
    const file = join(given.folder, 'pid');
    const script = `sleep 1000 & echo $! > '${file}'; printf '\\n\\n\\342\\200\\272 '; exec cat`;
    const terminal = given.opened(['bash', '-m', '-c', script]);
    await terminal.shows(/›/);
    await given.idle(Number(readFileSync(file, 'utf8')));
    await given.addTask();
    await given.look();
    expect(await terminal.screen()).not.toContain('callsheet');
    expect(await given.events()).toMatchObject([{ why: 'another program stands in front of it' }]);
  });

  test('that is scrolled back, or narrow, or gone, gets none either', async () => {
    const given = await givenTerminals();
    const { terminal, lines } = await given.program();
    await given.idle(terminal.pid);
    await given.addTask();
    await terminal.tmux('copy-mode');
    await given.look();
    await terminal.tmux('send-keys', '-X', 'cancel');
    await terminal.tmux('resize-window', '-x', '40');
    await given.look();
    await terminal[Symbol.asyncDispose]();
    await given.look();
    expect(lines()).toBe('');
    expect(await given.events()).toMatchObject([
      { why: expect.stringContaining('scrolled back') as string },
      { why: expect.stringContaining('narrower') as string },
    ]);
  });

  test('whose client has a hook for it is not typed at, nor one that the configuration speaks for', async () => {
    const given = await givenTerminals();
    const { terminal, lines } = await given.program();
    await given.idle(terminal.pid, 'claude');
    await given.addTask();
    await given.look();
    await given.idle(terminal.pid, 'codex');
    writeFileSync(join(given.root, 'callsheet.config.yaml'), 'wakeByKeys: false\n');
    await given.look();
    expect(lines()).toBe('');
    writeFileSync(join(given.root, 'callsheet.config.yaml'), 'wakeByKeys: true\n');
    await given.look();
    expect(lines()).not.toBe('');
  });
});
