import fc from 'fast-check';
import * as jsonc from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { CLAUDE_HOOKS } from './claude.js';
import { putHooks, takeHooks } from './edit-hooks.js';
import { groupOf, type HookEntry } from './hook-entry.js';
import { SettingsMistake } from './settings-tree.js';

const entry = (event: string, command = 'exec .git/callsheet/hook x', matcher?: string): HookEntry => ({
  event,
  ...(matcher === undefined ? {} : { matcher }),
  handler: { type: 'command', command },
});
const TWO = [entry('Stop'), entry('PreToolUse', undefined, 'Edit')];
const put = (text: string, wanted: readonly HookEntry[] = TWO): string => putHooks(jsonc, text, wanted);
const take = (text: string, before?: string): string => takeHooks(jsonc, text, before);
const valueOf = (text: string): unknown =>
  jsonc.parse(text.replace(/^\ufeff/, ''), [], { allowTrailingComma: true }) as unknown;

/** Whether the one text is the other with something added in places. */
function isWithin(small: string, large: string): boolean {
  let at = 0;
  for (const letter of large) if (letter === small[at]) at += 1;
  return at === small.length;
}

test('the settings of Claude Code that init makes', () => {
  const made = putHooks(jsonc, '', CLAUDE_HOOKS);
  expect(JSON.parse(made)).toMatchObject({
    hooks: {
      PreToolUse: [
        { matcher: 'Edit|Write|MultiEdit|NotebookEdit', hooks: [{ timeout: 10, onFailure: 'block' }] },
        { matcher: 'Read|Bash', hooks: [{ type: 'command', timeout: 10 }] },
      ],
      SessionEnd: [{ hooks: [{ type: 'command' }] }],
    },
  });
  expect(made.endsWith('}\n')).toBe(true);
});

describe('what is put in', () => {
  test('stands behind what is there, in its indentation and with its line ends', () => {
    const text = '{\r\n\t"model": "x" // mine\r\n}\r\n';
    expect(put(text, [entry('Stop')])).toBe(
      [
        '{\r\n\t"model": "x", // mine\r\n\t"hooks": {\r\n\t\t"Stop": [\r\n\t\t\t{\r\n\t\t\t\t"hooks": [\r\n',
        '\t\t\t\t\t{\r\n\t\t\t\t\t\t"type": "command",\r\n',
        '\t\t\t\t\t\t"command": "exec .git/callsheet/hook x"\r\n',
        '\t\t\t\t\t}\r\n\t\t\t\t]\r\n\t\t\t}\r\n\t\t]\r\n\t}\r\n}\r\n',
      ].join(''),
    );
  });

  test('leaves a file on one line on one line', () => {
    expect(put('{"a":1}', [entry('Stop')])).toBe(
      '{"a":1,"hooks":{"Stop":[{"hooks":[{"type":"command","command":"exec .git/callsheet/hook x"}]}]}}',
    );
    expect(put('{"a": 1, }', [entry('Stop')])).toContain('{"a": 1, "hooks": {');
  });

  test('keeps a trailing comma, and comments with what they are about', () => {
    const text = '{\n  "hooks": {\n    "Stop": [\n      {"hooks": []}, // theirs\n    ],\n  },\n}\n';
    const made = put(text);
    expect(made).toContain('{"hooks": []}, // theirs\n      {\n        "hooks": [');
    expect(isWithin(text, made)).toBe(true);
    expect(take(made)).toBe(text);
  });

  test.each(['{}', '{ }', '{\n}', '{ /* empty */ }\n', '{ // empty\n}', '\ufeff{"hooks":{}}', ' \n', ''])(
    '%j becomes settings with the hooks, and only grows',
    (text) => {
      const made = put(text);
      expect(valueOf(made)).toEqual({
        hooks: { Stop: [groupOf(TWO[0]!)], PreToolUse: [groupOf(TWO[1]!)] },
      });
      if (text.trim() !== '') expect(isWithin(text, made)).toBe(true);
      expect(put(made)).toBe(made);
    },
  );

  test('an old hook of ours is replaced where it stands, and one that is not wanted any more goes', () => {
    const text = `{"hooks": {"Stop": [{"hooks": [{"command": "a"}, {"command": "x/callsheet/hook old"}]}],
      "Gone": [{"hooks": [{"command": "x/callsheet/hook old"}]}]}}`;
    const made = put(text);
    expect(put(made)).toBe(made);
    expect(valueOf(made)).toEqual({
      hooks: {
        Stop: [{ hooks: [{ command: 'a' }, TWO[0]!.handler] }],
        PreToolUse: [groupOf(TWO[1]!)],
      },
    });
  });

  test('one of ours that stands there twice stands there once afterwards', () => {
    const made = put(JSON.stringify({ hooks: { Stop: [groupOf(TWO[0]!), groupOf(TWO[0]!)] } }, null, 2));
    expect((valueOf(made) as { hooks: { Stop: unknown[] } }).hooks.Stop).toHaveLength(1);
  });
});

describe('what is taken out', () => {
  test('takes only the lines that it had', () => {
    const text =
      '{\n  // first\n  "model": "x", /* m */\n  "hooks": {\n    "Stop": [\n      { "hooks": [{ "command": "a" }] } // a\n    ]\n  }\n}';
    expect(take(put(text))).toBe(text);
  });

  test('keeps an empty list that was there before', () => {
    const text = '{"hooks":{"Stop":[]},"a":1}';
    expect(valueOf(take(put(text), text))).toEqual(valueOf(text));
    expect(valueOf(take(put(text)))).toEqual({ a: 1 });
  });
});

test.each([
  ['{', 'no JSON (CloseBraceExpected)', 1, 2],
  ['{\n  "a" 1\n}', 'no JSON (ColonExpected)', 2, 7],
  ['// nothing', 'no JSON (ValueExpected)', 1, 11],
  ['[]', 'the settings must be an object', 1, 1],
  ['{"hooks": []}', 'hooks must be an object', 1, 11],
  ['{"hooks": {"Stop": {}}}', 'hooks.Stop must be a list', 1, 20],
  ['{"hooks": {"Stop": [1]}}', 'each entry of hooks.Stop must be an object', 1, 21],
  ['{"hooks": {"Stop": [{}]}}', 'an entry of hooks.Stop has no hooks', 1, 21],
  ['{"hooks": {"Stop": [{"hooks": 1}]}}', 'hooks of an entry of hooks.Stop must be a list', 1, 31],
  ['{"hooks": {"Stop": [{"hooks": [null]}]}}', 'each hook of hooks.Stop must be an object', 1, 32],
  ['{"hooks": {}, "hooks": {}}', 'hooks stands there twice', 1, 15],
  ['{"hooks": {"Stop": [], "Stop": []}}', 'Stop stands there twice', 1, 24],
  [`{"a": ${'['.repeat(200_000)}`, 'nested more than 100 levels deep', 1, 106],
  [
    JSON.stringify({ hooks: { Stop: Array(101).fill(groupOf(TWO[0]!)) } }),
    'more than 100 hooks are of callsheet',
    1,
    10,
  ],
])('%.60j is refused: %s', (text, what, line, column) => {
  let thrown: unknown;
  try {
    put(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SettingsMistake);
  expect((thrown as SettingsMistake).message).toContain(what);
  expect(thrown).toMatchObject({ line, column });
});

/** JSON with comments, written in many ways, that a client's settings could be. */
const anySpace = fc.constantFrom('', ' ', '\n', '\r\n', '\n\t', '\n    ', ' /* c, } */ ', ' // c ]\n  ');
const anyHandler = fc.constantFrom('{"command":"theirs"}', '{ "type" : "http" }');
const listOf = (item: fc.Arbitrary<string>, open: string, close: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.tuple(anySpace, item, anySpace), { maxLength: 3 }),
      fc.boolean(),
      anySpace,
      fc.constantFrom(',', ', '),
    )
    .map(([items, isTrailing, space, comma]) => {
      const inside = items.map(([before, each, after]) => before + each + after).join(comma);
      return `${open}${inside}${isTrailing && items.length > 0 ? ',' : ''}${space}${close}`;
    });
const anyGroup = listOf(anyHandler, '{"hooks":[', ']}');
const anyGroups = listOf(anyGroup, '[', ']');
const anyHooks = fc
  .tuple(anySpace, anyGroups, anySpace, anyGroups, fc.boolean(), anySpace)
  .map(([a, one, b, other, both, c]) => `{${a}"Stop":${b}${one}${both ? `,${c}"Other": ${other}` : ''}${a}}`);
const anySettings = fc
  .tuple(anySpace, fc.option(anyHooks), anySpace, fc.boolean(), fc.constantFrom('', '\n', '\r\n', '// end'))
  .map(([a, hooks, b, isFirst, end]) => {
    const all = [...(hooks === null ? [] : [`"hooks": ${hooks}`]), `"model":${b}"x"`];
    return `{${a}${(isFirst ? all : all.reverse()).join(`${b},${a}`)}${b}}${end}`;
  });

test('whatever the settings look like: nothing is lost, twice is once, and what is taken out was put in', () => {
  fc.assert(
    fc.property(anySettings, (text) => {
      const made = put(text);
      expect(isWithin(text, made)).toBe(true);
      const before = valueOf(text) as { hooks?: Record<string, unknown[]> };
      expect(valueOf(made)).toEqual({
        ...before,
        hooks: {
          ...before.hooks,
          Stop: [...(before.hooks?.['Stop'] ?? []), groupOf(TWO[0]!)],
          PreToolUse: [groupOf(TWO[1]!)],
        },
      });
      expect(put(made)).toBe(made);
      const taken = take(made, text);
      expect(valueOf(taken)).toEqual(before);
      // What is left of it is what the person wrote: each comment, each letter.
      expect(taken.replaceAll(/[\s,]/g, '')).toBe(text.replaceAll(/[\s,]/g, ''));
    }),
    { numRuns: 500 },
  );
});
