import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DriverEvent } from './index.js';
import { driverFor } from './index.js';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-command-driver-')));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function eventsOf(...lines: string[]): Promise<DriverEvent[]> {
  const session = await driverFor('command:cat', { folder }).start({
    ...{
      runId: 'r',
      taskId: 't',
      attempt: 1,
      workspace: folder,
      startFolder: folder,
      briefFile: join(folder, 'b'),
    },
    ...{ brief: lines.join('\n'), env: { PATH: process.env['PATH'] ?? '' } },
    ...{ logFile: join(folder, 'log'), logLimitBytes: 1e6 },
  });
  const events: DriverEvent[] = [];
  for await (const event of session.events) events.push(event);
  return events.slice(0, -1);
}

test('a command agent can tell what it uses and which files it touches', async () => {
  const events = await eventsOf(
    'hello',
    `{"callsheet":"tool","name":"edit","reads":["a","${folder}/b","../out","/etc/passwd"],"writes":["a"],"detail":"d"}`,
    '{"callsheet":"usage","inputTokens":10,"outputTokens":2,"costUsd":0.5,"model":"m"}',
    'bye',
  );

  expect(events).toEqual([
    { type: 'text', text: 'hello' },
    { type: 'tool', name: 'edit', reads: ['a', 'b'], writes: ['a'], detail: 'd' },
    { type: 'usage', usage: { inputTokens: 10, outputTokens: 2, costUsd: 0.5, model: 'm' } },
    { type: 'text', text: 'bye' },
  ]);
});

test.each([
  '{"callsheet":"usage","inputTokens":-1,"outputTokens":2}',
  '{"callsheet":"usage","inputTokens":1e400,"outputTokens":2}',
  '{"callsheet":"tool","reads":["a"]}',
  '{"callsheet":"exit","exit":{"code":0}}',
  '{"callsheet":"tool","name":',
  '{"type":"exit","exit":{"code":0,"signal":null}}',
])('%s is text like any other', async (line) => {
  expect(await eventsOf(line)).toEqual([{ type: 'text', text: line }]);
});

test('a program that is not there is found out before a run', async () => {
  const problemOf = (command: string) => driverFor(`command:${command}`, { folder }).check();

  expect(await problemOf('no-such-agent --fast')).toMatchObject({
    message: expect.stringContaining('no-such-agent') as string,
    hint: expect.stringContaining('Install no-such-agent') as string,
  });
  expect(await problemOf('/no/such/agent')).toBeDefined();
  for (const fine of [
    'node agent.js',
    'cd app && ls',
    'FOO=1 thing',
    './agent.sh',
    '"$HOME/x"',
    'if true; then ls; fi',
  ]) {
    expect(await problemOf(fine)).toBeUndefined();
  }
});

test.each([
  ['claude', 'is not built yet'],
  ['acp:gemini', 'is not built yet'],
  ['gpt', 'There is no driver "gpt"'],
  ['command:', 'names no command'],
  ['scripted: ', 'names no script file'],
  ['', 'There is no driver ""'],
  ['__proto__', 'There is no driver'],
])('the driver %j is refused, naming what exists', (name, message) => {
  expect(() => driverFor(name, { folder })).toThrow(
    expect.objectContaining({
      code: 'DRIVER_UNKNOWN',
      exit: 'usage',
      message: expect.stringContaining(message) as string,
      hint: expect.stringMatching(/command:CMD.*scripted:FILE/) as string,
    }),
  );
});
