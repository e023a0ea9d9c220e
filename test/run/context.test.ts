import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenProject } from './given-project.js';

test('context of a file tells the task that landed it, and git tells it when the sheet is lost', async () => {
  await using project = await givenProject();
  await project.run(
    [{ id: 'limiter', title: 'Token bucket' }],
    'echo two > a.txt; callsheet task complete limiter "Counts per key" > /dev/null',
  );
  await project.callsheet('land', '--into', 'main');
  const ask = async () => {
    const { stdout } = await project.callsheet('context', 'a.txt', '--json');
    return (JSON.parse(stdout) as { changes: Record<string, string>[] }).changes;
  };
  const commit = project.git('rev-parse', 'main');
  const [landing, start, ...more] = await ask();
  expect(landing).toMatchObject({ how: 'landing', task: 'limiter', run: 'run-1', commit });
  expect(landing?.['why']).toBe('Token bucket: Counts per key');
  expect(start).toMatchObject({ how: 'commit', by: 'Person', why: 'Start' });
  expect(more).toEqual([]);
  await rm(join(project.root, '.git/callsheet'), { recursive: true });
  expect(await ask()).toMatchObject([
    { how: 'commit', task: 'limiter', run: 'run-1', commit, why: 'Land limiter: Token bucket' },
    { how: 'commit', why: 'Start' },
  ]);
});

test('what agents of a run write into the folder that they share stands in its log', async () => {
  await using project = await givenProject();
  const { events } = await project.run(
    [{ id: 'one' }],
    'echo x > one.txt; test "$(callsheet scratch)" = "$CALLSHEET_SCRATCH"; echo y > "$CALLSHEET_SCRATCH/found.md"',
  );
  expect(events.filter(({ type }) => type === 'scratch.written')).toMatchObject([
    { run: 'run-1', data: { files: ['found.md'], count: 1 } },
  ]);
});
