import { expect, test } from 'vitest';
import { givenSite } from '../support/given-site.js';

test('a finished task lands as one merge commit', async () => {
  await using site = await givenSite({ tasks: ['a'] });
  const landing = await site.finish('a', { 'new.txt': 'new\n' });
  await site.land();
  const task = await site.task('a');
  expect(task).toMatchObject({ state: 'done', landedAs: site.integrationHead() });
  expect(site.git('rev-parse', `${site.integrationHead()}^2`)).toBe(landing.headCommit);
});
