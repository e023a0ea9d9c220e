import { describe, expect, test } from 'vitest';
import { file, plan, problemsOf, SPEC, task, top } from './plan.fixture.js';
import { readPlan } from './read-plan.js';

describe('a mistake is refused with its place', () => {
  test.each<[string, string, string, number]>([
    ['unknown key at the top', top('gaol: x'), 'UNKNOWN_KEY', 1],
    ['unknown key of a task', plan(task('a'), task('b', 'file: [x]')), 'UNKNOWN_KEY', 3],
    ['merge key', `${plan(task('a'))}<<: {goal: x}`, 'UNKNOWN_KEY', 3],
    ['__proto__ at the top', top('__proto__: {x: 1}'), 'UNKNOWN_KEY', 1],
    ['__proto__ in a schema', plan(task('a', 'output: {"__proto__": 1}')), 'UNKNOWN_KEY', 2],
    ['constructor as key', top('constructor: x'), 'UNKNOWN_KEY', 1],
    ['duplicate key', top('goal: x\ngoal: y'), 'DUPLICATE_KEY', 2],
    ['key that is a list', top('[a]: x'), 'BAD_KEY', 1],
    ['goal that is a list', top('goal: [x]'), 'WRONG_TYPE', 1],
    ['tasks that are a mapping', 'tasks: {a: 1}', 'WRONG_TYPE', 1],
    ['task that is text', 'tasks:\n  - just do it', 'WRONG_TYPE', 2],
    ['root that is a list', '- a', 'WRONG_TYPE', 1],
    ['no tasks', 'goal: x', 'NO_TASKS', 1],
    ['empty file', '', 'NO_TASKS', 1],
    ['empty list of tasks', 'tasks: []', 'NO_TASKS', 1],
    ['missing id', plan(`{spec: "${SPEC}"}`), 'MISSING_ID', 2],
    ['missing spec', plan('{id: a, title: T}'), 'EMPTY_SPEC', 2],
    ['empty spec', plan('{id: a, spec: "  "}'), 'EMPTY_SPEC', 2],
    ['duplicate id', plan(task('a'), task('a')), 'DUPLICATE_ID', 3],
    ['id that differs only in case', plan(task('Api'), task('api')), 'DUPLICATE_ID', 3],
    ['id with a slash', plan(task('a/b')), 'BAD_ID', 2],
    ['id with two dots', plan(task('a..b')), 'BAD_ID', 2],
    ['id ending in .lock', plan(task('a.LOCK')), 'BAD_ID', 2],
    ['id ending in a dot', plan(task('a.')), 'BAD_ID', 2],
    ['id starting with a dash', plan(task('-a')), 'BAD_ID', 2],
    ['id with NUL', plan(task('"a\\0"')), 'BAD_ID', 2],
    ['id with a lone surrogate', plan(task('"a\\ud800"')), 'BAD_ID', 2],
    ['id of 65 characters', plan(task('a'.repeat(65))), 'BAD_ID', 2],
    ['title with a control character', plan(task('a', 'title: "x\\e[31m"')), 'BAD_CHARACTER', 2],
    ['title with a bidi control', plan(task('a', 'title: "x\\u202ey"')), 'BAD_CHARACTER', 2],
    ['title on two lines', plan(task('a', 'title: "x\\ny"')), 'BAD_CHARACTER', 2],
    ['title of 201 characters', plan(task('a', `title: ${'x'.repeat(201)}`)), 'BAD_LENGTH', 2],
    ['spec with NUL', plan('{id: a, spec: "x\\0"}'), 'BAD_CHARACTER', 2],
    ['unknown dependency', plan(task('limiter'), task('b', 'after: [limitter]')), 'UNKNOWN_DEPENDENCY', 3],
    ['dependency on itself', plan(task('a', 'after: [a]')), 'SELF_DEPENDENCY', 2],
    ['after that is text', plan(task('b'), task('a', 'after: b')), 'WRONG_TYPE', 3],
    ['cycle', plan(task('a', 'after: [b]'), task('b', 'after: [a]')), 'CYCLE', 2],
    ['child that waits for its parent', plan(task('a'), task('b', 'after: [a], parent: a')), 'CYCLE', 2],
    ['unknown parent', plan(task('a', 'parent: b')), 'UNKNOWN_PARENT', 2],
    ['own parent', plan(task('a', 'parent: a')), 'SELF_DEPENDENCY', 2],
    ['absolute path', plan(task('a', 'files: [/etc/passwd]')), 'PATH_OUTSIDE', 2],
    ['path upwards', plan(task('a', 'files: [src/../../x]')), 'PATH_OUTSIDE', 2],
    ['path upwards, backslashes', plan(task('a', "files: ['src\\..\\..\\x']")), 'PATH_OUTSIDE', 2],
    ['home path', plan(task('a', 'files: [~/x]')), 'PATH_OUTSIDE', 2],
    ['drive letter', plan(task('a', "files: ['C:\\x']")), 'PATH_OUTSIDE', 2],
    ['.git', plan(task('a', 'files: [.git/hooks/x]')), 'PATH_OUTSIDE', 2],
    ['.GIT inside', plan(task('a', 'files: [vendor/.GiT/config]')), 'PATH_OUTSIDE', 2],
    [
      'twin of .git',
      plan(task('a', 'files: [．ｇｉｔ/config, git~1/config, ".git./config"]')),
      'PATH_OUTSIDE',
      2,
    ],
    ['path with a line break', plan(task('a', 'files: ["a\\nb"]')), 'BAD_PATH', 2],
    ['empty path', plan(task('a', 'files: [""]')), 'BAD_PATH', 2],
    ['path past the bounds', plan(task('a', `files: ["${'{a,b}'.repeat(9)}"]`)), 'BAD_PATH', 2],
    ['copy outside', top('copy: [../.env]'), 'PATH_OUTSIDE', 1],
    ['bad duration', plan(task('a', 'estimate: soon')), 'BAD_DURATION', 2],
    ['negative duration', plan(task('a', 'timeout: -5m')), 'BAD_DURATION', 2],
    ['priority 0', plan(task('a', 'priority: 0')), 'BAD_PRIORITY', 2],
    ['priority in a word', plan(task('a', 'priority: high')), 'BAD_PRIORITY', 2],
    ['priority .nan', plan(task('a', 'priority: .nan')), 'BAD_PRIORITY', 2],
    ['priority 2^53+1', plan(task('a', 'priority: 9007199254740993')), 'BAD_PRIORITY', 2],
    ['kind', plan(task('a', 'kind: implment')), 'BAD_KIND', 2],
    ['attempts 21', plan(task('a', 'attempts: 21')), 'BAD_ATTEMPTS', 2],
    ['exclusive in a word', plan(task('a', 'exclusive: yes')), 'WRONG_TYPE', 2],
    ['model with a dash', plan(task('a', 'model: --version')), 'BAD_NAME', 2],
    ['resource with spaces', plan(task('a', 'resources: [a b]')), 'BAD_RESOURCE', 2],
    ['capacity 0', top('resources: {db: 0}'), 'BAD_RESOURCE', 1],
    ['infinite capacity', top('resources: {db: .inf}'), 'BAD_RESOURCE', 1],
    ['output that is text', plan(task('a', 'output: json')), 'WRONG_TYPE', 2],
    ['Infinity in a schema', plan(task('a', 'output: {maximum: .inf}')), 'BAD_NUMBER', 2],
    ['2^53+1 in a schema', plan(task('a', 'output: {maximum: 9007199254740993}')), 'BAD_NUMBER', 2],
    ['variable name', top('env: {A-B: x}'), 'BAD_ENV_NAME', 1],
    ['reserved variable', top('env: {PATH: x}'), 'BAD_ENV_NAME', 1],
    ['variable of git', top('env: {GIT_DIR: x}'), 'BAD_ENV_NAME', 1],
    ['variable of callsheet', top('env: {callsheet_token: x}'), 'BAD_ENV_NAME', 1],
    ['sum that cannot be worked out', top('env: {PORT: "{4000+slto}"}'), 'BAD_ENV', 1],
    ['sum without an end', top('env: {PORT: "{slot+}"}'), 'BAD_ENV', 1],
    ['empty gate', top('gate: ""'), 'BAD_LENGTH', 1],
    ['tag of one’s own', top('goal: !secret x'), 'CUSTOM_TAG', 1],
    ['alias of nothing', top('goal: *x'), 'UNKNOWN_ALIAS', 1],
    ['alias of itself', top('copy: &x [*x]'), 'UNKNOWN_ALIAS', 1],
    ['no YAML', 'tasks: [', 'BAD_YAML', 1],
    ['YAML 1.1', `%YAML 1.1\n---\n${plan(task('a'))}`, 'BAD_YAML', 1],
    ['two documents', `${plan(task('a'))}---\n{}`, 'BAD_YAML', 3],
    ['unfinished JSON', '{"tasks": [\n{"id": "a",\n', 'BAD_YAML', 3],
    ['10 000 levels of brackets', '['.repeat(10_000), 'TOO_DEEP', 1],
    ['10 000 levels of lists', '- '.repeat(10_000), 'TOO_DEEP', 1],
    ['brackets closed by the wrong sign', '[}'.repeat(10_000), 'TOO_DEEP', 1],
    [
      '1 000 indented levels',
      Array.from({ length: 1_000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      'TOO_DEEP',
      200,
    ],
    ['101 levels', `output: ${'['.repeat(101)}${']'.repeat(101)}`, 'TOO_DEEP', 1],
    ['half a million values', `[${'1,'.repeat(400_000)}]`, 'TOO_MANY_PARTS', 1],
    [
      '2 001 tasks',
      plan(...Array.from({ length: 2_001 }, (_, n) => `{id: t${n}, spec: x}`)),
      'TOO_MANY_TASKS',
      2_002,
    ],
  ])('%s', async (_, text, code, line) => {
    const problems = await problemsOf(text);
    const codes = new Set(problems.map((problem) => problem.code));
    expect([...codes].slice(0, 1)).toEqual([code]);
    expect(codes.size).toBe(1);
    expect(problems[0]).toMatchObject({ file, line });
    expect(problems[0]?.message).toMatch(/\S/);
    expect(problems[0]?.instead).toMatch(/\S/);
  });

  test('an anchor bomb is refused before it goes off', async () => {
    const levels = Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
    const problems = await problemsOf(`a0: &a0 [x]\n${levels.join('\n')}\n`);
    expect(problems.map(({ code }) => code)).toEqual(['ALIAS_BOMB']);
  });

  test('every twin of .git is named', async () => {
    const problems = await problemsOf(
      plan(task('a', 'files: [．ｇｉｔ/config, git~1/config, ".git./config", .gitignore]')),
    );
    expect(problems).toHaveLength(3);
  });

  test('a task is not told to wait for itself', async () => {
    const problems = await problemsOf(plan(task('a', 'after: [b]'), task('limiter', 'parent: limitor')));
    expect(problems.map(({ code, instead }) => [code, instead])).toEqual([
      ['UNKNOWN_DEPENDENCY', 'the id of a task in this plan'],
      ['UNKNOWN_PARENT', 'the id of a task in this plan'],
    ]);
  });

  test('what is most like the word is offered', async () => {
    const text = plan(task('limiter'), task('b', 'after: [limitter], kind: reviw, depends_on: [x], prio: 3'));
    const problems = await problemsOf(text);
    expect(problems.map(({ code, instead }) => [code, instead])).toEqual(
      expect.arrayContaining([
        ['UNKNOWN_DEPENDENCY', 'limiter'],
        ['BAD_KIND', 'review'],
        ['UNKNOWN_KEY', 'after'],
      ]),
    );
  });

  test('a cycle is named in full', async () => {
    const text = plan(
      task('a', 'after: [b]'),
      task('b', 'after: [c]'),
      task('c', 'after: [a]'),
      task('d', 'after: [a]'),
    );
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain('a → b → c → a');
  });

  test('all of them at once, one a line, in the order of the file', async () => {
    const text = `gaol: x\ntasks:\n  - id: a\n    spec: ''\n    estimate: soon\n  - id: a/b\n    spec: x\n`;
    const error = await readPlan(text, { file }).catch((thrown: unknown) => thrown);
    const lines = (error as Error).message.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('plan.yaml:1:1: Unknown key `gaol`. Write: goal');
    expect(lines[2]).toBe(
      'plan.yaml:5:15: `estimate` is soon, which is no duration. Write: `90s`, `10m` or `1h30m`, up to 30 days',
    );
    expect(lines.map((line) => line.split(':')[1])).toEqual(['1', '4', '5', '6']);
  });

  test('thousands of mistakes are counted, not listed', async () => {
    const text = plan(...Array.from({ length: 1_000 }, (_, n) => `{id: t${n}}`));
    const error = await readPlan(text, { file }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain('… and 800 more.');
  });
});
