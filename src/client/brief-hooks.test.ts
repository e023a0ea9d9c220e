import { expect, test } from 'vitest';
import { briefHooks } from './brief-hooks.js';
import { loadJsonc } from './jsonc.js';

const ours = (more: object = {}) => ({ type: 'command', command: 'exec .git/callsheet/hook', ...more });
const brief = async (settings: unknown, lines: string[] = []): Promise<string> =>
  briefHooks(
    await loadJsonc(),
    typeof settings === 'string' ? settings : JSON.stringify(settings, null, 2),
    lines,
  );

test('each hook of ours is one line, and what differs among them stays', async () => {
  const lines: string[] = [];
  const settings = {
    hooks: { Stop: [{ hooks: [ours()] }], PreToolUse: [{ matcher: 'Edit', hooks: [ours({ timeout: 9 })] }] },
  };
  expect((await brief(settings, lines)).split('\n').map((line) => line.trim())).toEqual([
    ...['{', '"hooks": {'],
    '"Stop": [{"hooks":[{"type":"command","command":"(line 1)"}]}],',
    '"PreToolUse": [{"matcher":"Edit","hooks":[{"type":"command","command":"(line 1)","timeout":9}]}]',
    ...['}', '}'],
  ]);
  expect(lines).toEqual(['exec .git/callsheet/hook']);
});

test('another command has another number, and those that are known keep theirs', async () => {
  const lines = ['exec .git/callsheet/hook'];
  const old = ours({ command: 'old callsheet/hook' });
  const text = await brief({ hooks: { Stop: [{ hooks: [old] }], SessionEnd: [{ hooks: [ours()] }] } }, lines);
  expect(text).toContain('"command":"(line 2)"');
  expect(text).toContain('"command":"(line 1)"');
  expect(lines).toEqual(['exec .git/callsheet/hook', 'old callsheet/hook']);
});

test('hooks of others beside ours stay as they are', async () => {
  const theirs = { type: 'command', command: 'theirs' };
  const text = await brief({ hooks: { Stop: [{ hooks: [theirs, ours()] }] } });
  expect(text).toContain('            "command": "theirs"\n');
  expect(text).toContain('{"type":"command","command":"(line 1)"}');
});

test.each([
  '{',
  '',
  '{"hooks": []}',
  '{"hooks": {"Stop": [{"hooks": [/* x */ {"command": "callsheet/hook" /* y */}]}]}}',
])('%s is shown as it is', async (text) => {
  expect(await brief(text)).toBe(text);
});
