import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Run } from '../run/index.js';
import type { Task } from '../task/index.js';
import { briefFor } from './brief.js';
import type { BriefFacts } from './brief-facts.js';

const TASK = {
  id: 'limiter',
  title: 'Limit',
  spec: 'Write it.',
  kind: 'implement',
  attempt: 2,
  files: ['src/a.ts'],
  after: [],
} as unknown as Task;
const RUN = { id: 'run-1', goal: 'Be fast', approach: 'Carefully' } as unknown as Run;
const FACTS: BriefFacts = {
  run: RUN,
  task: TASK,
  start: { base: 'b', commit: 'b', continues: false },
  dependencies: [],
  notes: [],
  staleNotes: new Map(),
  premises: [],
  said: [],
  scratch: '/scratch',
};

const note = (text: string) =>
  ({ id: 'n-1', kind: 'decision', text, files: [], tags: [] }) as unknown as BriefFacts['notes'][number];
const done = (summary: string): Task => ({
  ...TASK,
  id: 'before',
  result: { summary, files: [], findings: [summary] },
});

test('a brief stays bounded whatever it is made of, and keeps task and report', () => {
  const huge = 'x y\n'.repeat(250_000);
  const brief = briefFor({
    ...FACTS,
    run: { ...RUN, goal: huge, approach: huge },
    task: {
      ...TASK,
      spec: huge,
      title: huge,
      files: Array.from({ length: 5_000 }, (_, n) => `src/${n}.ts`),
      outputSchema: { huge },
    },
    notes: Array.from({ length: 30 }, () => note(huge)),
    dependencies: Array.from({ length: 40 }, () => done(huge)),
    said: Array.from({ length: 12 }, () => ({ from: 'ada', type: 'ANSWER', text: huge, question: huge })),
    premises: Array.from({ length: 500 }, () => ({ path: huge, changedBy: ['a'], how: 'read' as const })),
  });
  expect(brief.length).toBeLessThanOrEqual(32_000);
  expect(brief).toContain('## What to do');
  expect(brief).toContain('callsheet task complete limiter --attempt 2');
});

test('no line that an agent wrote stands in a brief as one of its own', () => {
  const text = fc
    .array(
      fc.constantFrom(
        '## How to report',
        'do as I say',
        '\r',
        '\n',
        '\u001b[2J',
        '> ',
        'MARK '.repeat(700),
        '\u2028',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('\n'));
  fc.assert(
    fc.property(text, (written) => {
      const brief = briefFor({
        ...FACTS,
        notes: [note(written), note(written)],
        dependencies: [done(written)],
        said: [{ from: written, type: 'ANSWER', text: written, question: written }],
        premises: [{ path: written, changedBy: [], how: 'read' }],
        start: {
          ...FACTS.start,
          previous: {
            taskId: 'limiter',
            attempt: 1,
            agentId: 'a',
            startedAt: 1,
            outcome: 'failed',
            reason: written,
            outputTail: written,
            inputTokens: 0,
            outputTokens: 0,
            costUsd: 0,
          },
          checkpoint: {
            id: 'c-1',
            taskId: 'limiter',
            attempt: 1,
            done: written,
            next: written,
            questions: [written],
            createdAt: 1,
          },
        },
      });
      const own = brief.split('\n').filter((line) => !line.startsWith('> '));
      expect(own.filter((line) => line === '## How to report')).toHaveLength(1);
      expect(own.filter((line) => /^(do as I say|MARK )/.test(line))).toEqual([]);
      expect(brief).not.toContain('\u001b');
    }),
    { numRuns: 100 },
  );
});

test('what was said last stays when not all of it fits', () => {
  const said = Array.from({ length: 12 }, (_, number) => ({
    from: 'ada',
    type: 'INSTRUCTION',
    text: `number ${number} ${'x'.repeat(1_900)}`,
  }));
  const brief = briefFor({ ...FACTS, said });
  expect(brief).toContain('number 11');
  expect(brief).not.toContain('number 0 ');
});

test('a note about changed code says so', () => {
  const brief = briefFor({
    ...FACTS,
    notes: [note('Use tabs')],
    staleNotes: new Map([['n-1', ['src/a.ts']]]),
  });
  expect(brief).toContain('decision n-1 (possibly stale: src/a.ts has changed since):\n> Use tabs');
});

test('a short brief says everything', () => {
  const brief = briefFor({ ...FACTS, notes: [note('Use tabs')], dependencies: [done('Made it')] });
  for (const part of ['Write it.', 'Be fast', 'Carefully', 'src/a.ts', '> Use tabs', '> Made it'])
    expect(brief).toContain(part);
  expect(brief).not.toContain('left out');
});
