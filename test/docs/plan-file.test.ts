import { describe, expect, test } from 'vitest';
import { readPlan } from '../../src/plan/index.js';
import { QUEUE_TASK_KEYS } from '../../src/plan/read-queue-task.js';
import { QUEUE_TOP_KEYS } from '../../src/plan/read-queue-top.js';
import { TASK_KEYS } from '../../src/plan/read-task.js';
import { PREPARATION_KEYS } from '../../src/plan/index.js';
import { documents, firstCells, labelled, sectionOf } from './documents.js';
import { sourceCodes } from './source-codes.js';

const FILE = 'docs/plan-file.md';

describe('a plan in a document', () => {
  const plans = documents().flatMap((path) => labelled(path, 'plan'));

  test.each(plans)('$name is read without a mistake or a doubt', async ({ text, name }) => {
    const { plan, warnings } = await readPlan(text, { file: name });
    expect(plan.tasks.length).toBeGreaterThan(0);
    expect(warnings.map(({ code }) => code).filter((code) => code !== 'NO_ESTIMATE')).toEqual([]);
  });

  test('stands in the README and in the reference', () => {
    expect(new Set(plans.map(({ name }) => name.split(':')[0]))).toEqual(new Set(['README.md', FILE]));
  });
});

describe('the reference of the plan file', () => {
  test('has every key of the top, and no other', () => {
    expect(firstCells(sectionOf(FILE, '## Keys at the top')).sort()).toEqual(
      ['goal', 'approach', 'tasks', ...PREPARATION_KEYS].sort(),
    );
  });

  test('has every key of a task, and no other', () => {
    expect(firstCells(sectionOf(FILE, '## Keys of a task')).sort()).toEqual([...TASK_KEYS].sort());
  });

  test('has every key that only a task queue has', () => {
    const own = [...QUEUE_TASK_KEYS, ...QUEUE_TOP_KEYS].filter((key) => !['id', 'title'].includes(key));
    expect(firstCells(sectionOf(FILE, '## A task queue as a plan')).sort()).toEqual(own.sort());
  });

  test('has every code of a mistake and of a doubt', () => {
    const documented = [
      ...firstCells(sectionOf(FILE, '## What is refused')),
      ...firstCells(sectionOf(FILE, '## What is doubted')),
    ];
    // One that is chosen between two where it is not made.
    const inSource = [...sourceCodes().problems, 'BAD_PATH', 'PATH_OUTSIDE'];
    expect(documented.sort()).toEqual([...new Set(inSource)].sort());
  });
});
