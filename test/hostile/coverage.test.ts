import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCommandLine } from '../../src/cli/command-line.js';
import { CONFIG_KEYS } from '../../src/config/read-config.js';
import { CallsheetError } from '../../src/error/index.js';
import { OPERATIONS } from '../../src/operations/index.js';
import { PREPARATION_KEYS } from '../../src/plan/preparation.js';
import { PLAN_KEYS } from '../../src/plan/read-plan.js';
import { QUEUE_TOP_KEYS } from '../../src/plan/read-queue-top.js';
import { TASK_KEYS } from '../../src/plan/read-task.js';
import { KEYS } from './keys.js';
import type { Row } from './row.js';
import { TABLES } from './tables.js';
import { DATA } from './texts.js';

const THEMES: readonly (readonly Row[])[] = [...Object.values(TABLES), DATA];
const ROWS = THEMES.flat();

test('there are hundreds of inputs, in every theme some that the built command is given', () => {
  expect(ROWS.length + KEYS.length).toBeGreaterThanOrEqual(250);
  for (const rows of THEMES) {
    expect(rows.some((row) => row.process === true || row.processOnly === true)).toBe(true);
  }
});

test('every row says what becomes of it', () => {
  expect(ROWS.filter((row) => (row.refused === undefined) === (row.accepted === undefined))).toEqual([]);
});

test('every operation is given something hostile', () => {
  const given = new Set(ROWS.flatMap(({ args }) => operationOf(args) ?? []));
  expect(OPERATIONS.map(({ name }) => name).filter((name) => !given.has(name))).toEqual([]);
});

function operationOf(args: readonly string[]): string | undefined {
  try {
    const command = readCommandLine(args);
    return command.kind === 'operation' ? command.operation.name : undefined;
  } catch (error) {
    if (!(error instanceof CallsheetError)) throw error;
    // Refused for its options: the words before them say which it is.
    const words = args.slice(0, 2).join('.');
    return OPERATIONS.map(({ name }) => name).find((name) => name === words || name === args[0]);
  }
}

test.each([
  ['plan', [...PLAN_KEYS, ...QUEUE_TOP_KEYS]],
  ['task', [...TASK_KEYS]],
  ['config', [...CONFIG_KEYS, ...PREPARATION_KEYS]],
] as const)('every key of a %s is given something hostile', (where, keys) => {
  const given = new Set([
    ...KEYS.filter(([place]) => place === where).map(([, key]) => key),
    ...ROWS.flatMap(({ key }) =>
      key?.startsWith(`${where}.`) === true ? [key.slice(where.length + 1)] : [],
    ),
  ]);
  expect(keys.filter((key) => !given.has(key))).toEqual([]);
});

test('every variable of the environment that the source reads is given something hostile', () => {
  const given = new Set(ROWS.flatMap(({ env }) => Object.keys(env ?? {})));
  const read = namesInSource();
  expect(read.size).toBeGreaterThan(5);
  expect([...read].filter((name) => !given.has(name))).toEqual([]);
});

function namesInSource(): Set<string> {
  const folder = join(import.meta.dirname, '../../src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/\.test\.ts$|given-|conformance/.test(name),
  );
  const names = files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/\benv\[['"]([A-Z_]+)['"]\]/g)].map(
      ([, found]) => found ?? '',
    ),
  );
  return new Set(names);
}
