import { join } from 'node:path';
import { expect, test } from 'vitest';
import { driverFor } from '../../src/driver/index.js';
import { pursue } from '../../src/supervisor/index.js';
import { installCommand } from '../../src/worker/index.js';
import { fileAppears } from '../run/given-project.js';
import { givenSite, type GivenSite } from '../support/given-site.js';
import { sample } from './sample.js';

const DAY_MS = 24 * 3_600_000;
const JUMPS = [-DAY_MS, DAY_MS];

/** An engine in this process, whose time of day the test moves; its agents are real. */
async function engineOn(site: GivenSite, agent: string) {
  const stop = new AbortController();
  const place = {
    site: { ...site, run: { ...site.run, epoch: 0 } },
    driver: driverFor(`command:F='${site.folder}' T=$CALLSHEET_TASK N=$CALLSHEET_ATTEMPT; ${agent}`, {
      folder: site.root,
    }),
    commandFolder: await installCommand(site.sheetFolder),
  };
  return pursue(place, { signal: stop.signal });
}

test.each(JUMPS)('a clock that jumps by %i ms while agents work takes nothing from them', async (jumpMs) => {
  await using site = await givenSite({ tasks: ['a', 'b'] });
  const running = engineOn(
    site,
    'echo $T > $T.txt; touch $F/begun-$T; until test -e $F/go; do sleep 0.05; done',
  );
  await Promise.all(['a', 'b'].map((task) => fileAppears(join(site.folder, `begun-${task}`))));
  site.clock.advance(jumpMs);
  // A commit wakes the engine: it looks at the leases with the new time of day.
  await site.inSheet((tx) => tx.nextId('woken'));
  site.write({ '../go': '' });
  expect(await running).toEqual({ state: 'finished' });
  for (const task of ['a', 'b']) expect(await site.task(task)).toMatchObject({ state: 'done', attempt: 1 });
});

test.each(sample(1, JUMPS))(
  'a clock that jumps by %i ms during a backoff costs no more than the backoff',
  async (jumpMs) => {
    await using site = await givenSite({ tasks: ['a'] });
    const running = engineOn(site, 'test $N = 2 || exit 1; echo $T > $T.txt');
    const failed = new Promise<void>((resolve) => {
      const stop = site.store.watch(() => {
        void site.task('a').then(({ failures }) => {
          if (failures === 0) return;
          stop();
          resolve();
        });
      });
    });
    await failed;
    site.clock.advance(jumpMs);
    await site.inSheet((tx) => tx.nextId('woken'));
    expect(await running).toEqual({ state: 'finished' });
  },
);
