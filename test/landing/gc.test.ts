import { expect, test } from 'vitest';
import { landInto } from '../../src/landing/index.js';
import { countedGate, givenSite, type GivenSite } from '../support/given-site.js';

const COLLECT =
  'git -C "$REPO" reflog expire --expire=now --expire-unreachable=now --all && git -C "$REPO" gc --prune=now --quiet';

// Like a gate that compares with what was before: HEAD of its workspace does not keep the commit meanwhile.
const ELSEWHERE = `tip=$(git rev-parse HEAD) && git checkout -q --detach main && ${COLLECT} && git checkout -q --detach "$tip"`;

async function givenCollected(gate: string): Promise<GivenSite> {
  const site = await givenSite({ gate: countedGate(gate) });
  site.run.options.env['REPO'] = site.root;
  return site;
}

test.each([
  ['in its workspace', COLLECT],
  ['at another commit', ELSEWHERE],
])('what is under test lands although garbage is collected while the gate is %s', async (_, gate) => {
  await using site = await givenCollected(gate);
  await site.finish('a', { a: 'a' });
  await site.finish('b', { b: 'b' }, { from: site.base });

  expect(await site.land()).toEqual({ settled: 2, held: [] });

  expect(site.gateRuns()).toHaveLength(1);
  expect(await site.landedFile('a')).toBe('a');
  expect(await site.landedFile('b')).toBe('b');
  expect(site.git('fsck', '--no-dangling', '--no-progress')).toBe('');
  await site.lane.close();
  expect(site.git('for-each-ref', 'refs/callsheet/landing')).toBe('');
});

test('a branch that has moved is merged in although garbage is collected while the gate runs', async () => {
  await using site = await givenCollected(ELSEWHERE);
  await site.finish('a', { a: 'a' });
  await site.land();
  site.write({ mine: 'mine\n' });
  site.git('add', '--all');
  site.git('commit', '--quiet', '-m', 'Mine');

  await landInto(site, site.lane, 'main');

  expect(site.git('rev-parse', 'main')).toBe(site.integrationHead());
  expect(site.git('fsck', '--no-dangling', '--no-progress')).toBe('');
});
