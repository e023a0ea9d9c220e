import { join } from 'node:path';
import { expect, test } from 'vitest';
import { liveAgents } from '../../src/agent/index.js';
import { findEvents } from '../../src/event/index.js';
import { openSheet } from '../../src/sheet/index.js';
import type { Store } from '../../src/store/index.js';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { givenCodex } from './codex.js';
import { givenGemini } from './gemini.js';
import { describeClient, programOf } from './installed.js';
import { scriptedModel, type ScriptedModel } from './model.js';
import { openTerminal, type Terminal } from './terminal.js';

const SCRIPT = { one: [{ text: 'Ready.' }, { text: 'Good.' }, { text: 'On it.' }, { text: 'Waiting.' }] };
const PROMPT = 'Begin [[script:one]]';
const TIMEOUT = { timeout: 90_000 };

/** A worker that has nothing to do, in a terminal, is woken for a task and handed it. */
async function expectWoken(
  { root, env, model }: { root: string; env: NodeJS.ProcessEnv; model: ScriptedModel },
  terminal: Terminal,
): Promise<void> {
  await terminal.shows(/[•✦] Ready\./);
  await untilIdle(root);
  const { code, stderr } = await runCallsheet(root, ['task', 'add', 'Greet the reader'], env);
  expect(code, stderr).toBe(0);
  await terminal.shows(/callsheet: there is a task; end your turn to get it/);
  // The turn of that line, and the one of the task that is handed out at its end.
  await model.asked('one', 2);
  await using sheet = await openSheet(root, { env: {} });
  await until(sheet.store, async () => (await findEvents(sheet.store, { type: 'agent.woken' })).length > 0);
  const [woken] = await findEvents(sheet.store, { type: 'agent.woken' });
  expect(woken?.data).toMatchObject({ by: 'keys', for: 'task' });
  expect(await findEvents(sheet.store, { type: 'task.claimed' })).toMatchObject([{ taskId: 'task-1' }]);
}

async function untilIdle(root: string): Promise<void> {
  await using sheet = await openSheet(root, { env: {} });
  await until(sheet.store, async () =>
    (await liveAgents(sheet.store)).some(({ idleSince }) => idleSince !== undefined),
  );
}

/** Looks after each commit. */
async function until(store: Store, check: () => Promise<boolean>): Promise<void> {
  for (;;) {
    let unwatch: () => void = () => undefined;
    const next = new Promise<void>((resolve) => (unwatch = store.watch(resolve)));
    try {
      if (await check()) return;
      await next;
    } finally {
      unwatch();
    }
  }
}

describeClient(
  'codex',
  'an idle Codex in tmux',
  () => {
    test('is woken by keys and handed its task', TIMEOUT, async () => {
      await using place = await givenRepository();
      await using model = await scriptedModel(SCRIPT);
      await using codex = givenCodex({ root: place.root, model });
      const env = { HOME: codex.home, CODEX_HOME: join(codex.home, '.codex') };
      await runCallsheet(place.root, ['init', '--codex', '--yes'], env);
      const command = [programOf('codex'), '--dangerously-bypass-hook-trust', '--no-alt-screen', PROMPT];
      await using terminal = openTerminal(command, {
        cwd: place.root,
        env: { ...codex.env, CALLSHEET_ROLE: 'worker' },
      });
      await expectWoken({ root: place.root, env, model }, terminal);
    });
  },
  { terminal: true },
);

describeClient(
  'gemini',
  'an idle Gemini CLI in tmux',
  () => {
    test('is woken by keys and handed its task', TIMEOUT, async () => {
      await using place = await givenRepository();
      await using model = await scriptedModel(SCRIPT);
      await using gemini = givenGemini({ root: place.root, model });
      const env = { HOME: gemini.home };
      await runCallsheet(place.root, ['init', '--gemini', '--yes'], env);
      const args = ['-m', 'gemini-2.5-pro', '--skip-trust', '--approval-mode', 'yolo'];
      await using terminal = openTerminal([programOf('gemini'), ...args], {
        cwd: place.root,
        env: { ...gemini.env, CALLSHEET_ROLE: 'worker' },
      });
      await terminal.shows(/Type your message/);
      await terminal.tmux('send-keys', '-l', '--', PROMPT);
      await terminal.shows(/[*] Begin/);
      // It takes an Enter that follows too soon for a line break; one too many does nothing.
      await terminal.press('Enter');
      await terminal.press('Enter');
      await expectWoken({ root: place.root, env, model }, terminal);
    });
  },
  { terminal: true },
);
