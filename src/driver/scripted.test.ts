import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, givenScriptedAgents, textOf } from './given-scripted-agents.js';

const { folder, workspace, start, follow, inWorkspace, calls } = givenScriptedAgents();

test('what callsheet refuses ends the agent with its words', async () => {
  writeFileSync(join(folder(), 'calls.refuse'), '');
  const events = await follow([{ complete: 'Done' }]);

  expect(textOf(events)).toMatch(/complete: callsheet task complete task-7: exit code 3: LEASE_LOST: gone/);
  expect(events.at(-1)).toEqual({ type: 'exit', exit: { code: 1, signal: null } });
});

test('a question blocks the task and ends the turn, which can be resumed behind it', async () => {
  const steps = [{ ask: 'Which?' }, { write: { file: 'after.txt', text: 'x' } }];
  const asked = await follow(steps);
  const handle = asked.find((event) => event.type === 'turn-end')?.resume;
  expect(handle).toBe('1');
  expect(existsSync(join(workspace(), 'after.txt'))).toBe(false);
  await follow(steps, { resume: handle ?? '' });

  expect(calls()).toEqual([['task', 'block', 'task-7', '--attempt', '2', '--', 'Which?']]);
  expect(inWorkspace('after.txt')).toBe('x');
});

test('a message reaches an agent that waits for it, and it goes on', async () => {
  const session = await start({
    default: [{ ask: { question: 'Which?', waitForAnswer: true } }, { run: 'echo on' }],
  });
  const events = await collect(session, (event) => {
    if (event.type === 'turn-end') void session.send('This one');
  });

  expect(textOf(events)).toMatch(/message: This one[^]*\non/);
});

test('an interrupted agent leaves its step, waits for a message, and goes on', async () => {
  const session = await start({ default: [{ run: 'echo busy; exec sleep 60' }, { run: 'echo on' }] });
  const events = await collect(session, (event) => {
    if (event.type === 'text' && event.text === 'busy') void session.interrupt();
    if (event.type === 'turn-end') void session.send('Go on');
  });

  expect(events.map(({ type }) => type)).toEqual([
    'tool',
    'text',
    'turn-end',
    'text',
    'tool',
    'text',
    'exit',
  ]);
});

test.each([
  [true, { code: null, signal: 'SIGKILL' }],
  ['SIGSEGV', { code: null, signal: 'SIGSEGV' }],
  [42, { code: 42, signal: null }],
])('a crash by %s looks like one, and nothing said before is lost', async (how, exit) => {
  const events = await follow([{ run: 'echo last words' }, { crash: how }]);

  expect(textOf(events)).toContain('last words');
  expect(events.at(-1)).toEqual({ type: 'exit', exit });
});

test('an agent that hangs ignores the polite signal and falls to the final one', async () => {
  const session = await start({ default: [{ run: 'echo ready' }, { hang: true }] });
  const events = await collect(session, (event) => {
    if (event.type === 'tool' && event.name === 'hang') void session.stop(100);
  });

  expect(events.at(-1)).toEqual({ type: 'exit', exit: { code: null, signal: 'SIGKILL' } });
});

test('each attempt has its steps, the last ones repeat, and tasks that are not listed have the default', async () => {
  const script = `
tasks:
  one:
    attempts:
      - [{ run: echo first }]
      - - run: echo second
  two: { steps: [{ run: echo both }] }
default:
  - run: echo other
`;
  const said = async (task: string, attempt: string) => {
    const env = { CALLSHEET_PLAN_TASK: task, CALLSHEET_ATTEMPT: attempt };
    return textOf(await collect(await start(script, { env }))).trim();
  };

  expect([await said('one', '1'), await said('one', '2'), await said('one', '9')]).toEqual([
    'first',
    'second',
    'second',
  ]);
  expect([await said('two', '3'), await said('three', '1')]).toEqual(['both', 'other']);
});

test('a task that the script does not know fails', async () => {
  const events = await collect(await start({ tasks: { other: [{ hang: true }] } }));

  expect(textOf(events)).toContain('no steps for task-7');
  expect(events.at(-1)).toEqual({ type: 'exit', exit: { code: 1, signal: null } });
});
