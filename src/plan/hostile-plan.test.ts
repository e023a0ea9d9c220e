import { expect, test } from 'vitest';
import { readPlan } from './read-plan.js';

const MB = 1_000_000;
const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('');
const one = (spec: string): string =>
  JSON.stringify({
    tasks: [
      { id: 'a', spec },
      { id: 'b', spec: 'x', files: ['new.ts'] },
    ],
  });

test.each<[string, string]>([
  ['one word', one('a'.repeat(MB))],
  ['words with dashes', one('a-'.repeat(MB / 2))],
  ['brackets', one(`${')'.repeat(MB)}x`)],
  ['spaces', one(`a${' '.repeat(MB)}b`)],
  [
    'unknown dependencies',
    `tasks:\n${many(2_000, (n) => `- {id: ${'x'.repeat(56)}${n}, spec: s, after: [${many(6, (m) => `${'y'.repeat(55)}${m},`)}]}\n`)}`,
  ],
  ['unknown keys', many(60_000, (n) => `key${n}: x\n`)],
  [
    'one long cycle',
    `tasks:\n${many(2_000, (n) => `- {id: t${n}, spec: s, after: [t${(n + 1) % 2_000}]}\n`)}`,
  ],
  [
    'every task after every other',
    `tasks:\n${many(300, (n) => `- {id: t${n}, spec: s, after: [${many(n, (m) => `t${m},`)}]}\n`)}`,
  ],
  [
    'costly patterns',
    `tasks:\n${many(1_500, (n) => `- {id: t${n}, spec: s, files: ["${'*a'.repeat(250)}${n}b"]}\n`)}`,
  ],
  [
    'braces and brackets',
    `tasks:\n${many(1_500, (n) => `- {id: t${n}, spec: s, files: ["${'{a,b}'.repeat(6)}[x]*${n}b"]}\n`)}`,
  ],
  ['a duration of digits', `tasks:\n- {id: a, spec: s, estimate: "${'1'.repeat(MB)}x"}`],
  ['a sum without an end', `env: {A: "{${'1+'.repeat(MB / 2)}}"}`],
  ['braces of variables', `env: {A: "${'{'.repeat(MB)}"}`],
  ['one file of all', `tasks:\n${many(2_000, (n) => `- {id: t${n}, spec: see new.ts, files: [new.ts]}\n`)}`],
  ['stray brackets', '}'.repeat(MB)],
  ['tags', '!a '.repeat(MB / 3)],
  ['directives', '%A b\n'.repeat(MB / 5)],
  // A second or two each; what these were written for took minutes, and would run into the limit.
])('a megabyte of %s is answered within seconds', { timeout: 20_000 }, async (_, text) => {
  const answer = await readPlan(text, { file: 'plan.yaml', existsInBase: () => false }).then(
    () => 'read',
    (error: unknown) => (error as { code?: string }).code,
  );
  expect(['read', 'PLAN_INVALID']).toContain(answer);
});
