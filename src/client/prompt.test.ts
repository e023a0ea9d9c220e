import { expect, test } from 'vitest';
import { toScreen, type Screen } from '../tmux/index.js';
import { isPromptEmpty, isTyped, isWokenByKeys } from './prompt.js';

// As tmux shows them, of Codex 0.169.0 and Gemini CLI 0.61.0.
const codex = (rest: string, x = 2): Screen =>
  toScreen(`\u001b[2m• \u001b[0mHello.\n\u001b[1m›\u001b[0m\u001b[39m\u001b[49m ${rest}\n  GPT-6 · /repo`, {
    x,
    y: 1,
  });
const gemini = (rest: string, x = 3): Screen =>
  toScreen(`Hello.\n\u001b[39m\u001b[48;5;240m\n \u001b[38;5;217m* ${rest}\u001b[49m`, { x, y: 2 });
const SUGGESTION =
  '\u001b[7m\u001b[39m \u001b[0m\u001b[38;5;248m\u001b[48;5;240m Type your message or @path/to/file\u001b[39m   ';

test.each([
  ['Codex suggests something', 'codex', codex('\u001b[2mAsk Codex to do anything'), true],
  ['Codex suggests nothing', 'codex', codex(''), true],
  ['typed into Codex', 'codex', codex('half typed', 12), false],
  ['typed into Codex, cursor at its beginning', 'codex', codex('half typed', 2), false],
  ['typed before what Codex suggests', 'codex', codex('\u001b[22mx\u001b[2mAsk'), false],
  [
    'a choice of Codex',
    'codex',
    toScreen('\u001b[1;7m› 1. Try new model\n  2. Use existing model', { x: 29, y: 0 }),
    false,
  ],
  [
    'a choice of Codex, cursor in it',
    'codex',
    toScreen('\u001b[1;7m› 1. Try new model', { x: 2, y: 0 }),
    false,
  ],
  ['an empty screen', 'codex', toScreen('', { x: 2, y: 0 }), false],
  ['Gemini CLI suggests something', 'gemini', gemini(SUGGESTION), true],
  ['typed into Gemini CLI', 'gemini', gemini('half typed\u001b[7m \u001b[0m', 13), false],
  [
    'typed into Gemini CLI, cursor at its beginning',
    'gemini',
    gemini('\u001b[7mh\u001b[0malf typed', 3),
    false,
  ],
  ['what Gemini CLI suggests, typed', 'gemini', gemini('Type your message or @path/to/file', 3), false],
  ['the shell of Gemini CLI', 'gemini', toScreen(` ! ${SUGGESTION}`, { x: 3, y: 0 }), false],
  ['the prompt of another client', 'gemini', codex(''), false],
] as const)('%s', (_, client, screen, isEmpty) => {
  expect(isPromptEmpty(client, screen)).toBe(isEmpty);
});

test('a line is typed when it stands there alone', () => {
  expect(isTyped('codex', codex('callsheet: x', 14), 'callsheet: x')).toBe(true);
  expect(isTyped('gemini', gemini('callsheet: x\u001b[7m \u001b[0m  ', 15), 'callsheet: x')).toBe(true);
  for (const other of ['acallsheet: x', 'callsheet: xa', 'callsheet:'])
    expect(isTyped('codex', codex(other, 2 + other.length), 'callsheet: x')).toBe(false);
  expect(isTyped('codex', codex('callsheet: x', 2), 'callsheet: x')).toBe(false);
});

test('colours are no styles', () => {
  const [line] = toScreen('\u001b[38;5;2ma\u001b[48;2;2;7;2mb\u001b[2;7mc', { x: 0, y: 0 }).lines;
  expect(line).toEqual([
    { char: 'a', isDim: false, isInverse: false },
    { char: 'b', isDim: false, isInverse: false },
    { char: 'c', isDim: true, isInverse: true },
  ]);
});

test('a client that has a hook for it, or none that is known, is not woken by keys', () => {
  expect(['codex', 'gemini', 'claude', 'opencode', 'toString'].filter(isWokenByKeys)).toEqual([
    'codex',
    'gemini',
  ]);
});
