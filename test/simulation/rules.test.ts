import { expect, test } from 'vitest';
import { sql } from '../../src/store/index.js';
import type { ModelRepository } from './model-repository.js';
import { requireReason } from './rules.js';
import { simulate } from './simulate.js';
import type { World } from './world.js';

// A checker that is silent about everything would be green as well: each of these breaks one rule on purpose.

/** What is said of the first of some schedules in which the fault makes a difference. */
async function brokenBy(tamper: (world: World) => void): Promise<string> {
  for (let seed = 0; seed < 40; seed += 1) {
    try {
      await simulate(seed, { tamper });
    } catch (error) {
      return (error as Error).message;
    }
  }
  return 'nothing was said';
}

const model = (world: World): ModelRepository => world.repository as ModelRepository;

/** Does something to the sheet behind its records' back, a while after the run has begun. */
function later(world: World, statement: () => ReturnType<typeof sql>): void {
  const write = (): void => {
    void world.sheet.store.transaction(async (tx) => tx.run(statement())).catch(() => undefined);
  };
  for (const minutes of [3, 6, 9, 12]) world.time.after(minutes * 60_000, write);
}

test('a merge that lands twice is seen', async () => {
  const said = await brokenBy((world) => {
    const repository = model(world);
    const move = repository.updateRef.bind(repository);
    repository.updateRef = async (ref, to, expectedOld) => {
      const isMoved = await move(ref, to, expectedOld);
      const isLanding = isMoved && expectedOld !== undefined && ref.endsWith('/main');
      if (!isLanding) return isMoved;
      const { tree, parents, message } = repository.history.get(to);
      const twice = repository.history.commit({ tree, parents: [to, parents[1] ?? to], message }, 0);
      return move(ref, twice, to);
    };
  });
  expect(said).toMatch(/lands twice/);
});

test('a landing of another tree than the merge is seen', async () => {
  const said = await brokenBy((world) => {
    const repository = model(world);
    const commit = repository.commitTree.bind(repository);
    repository.commitTree = async (wanted) => {
      const files = new Map([...repository.history.filesOf(wanted.tree), ['stray.txt', 'stray\n']]);
      return commit({ ...wanted, tree: repository.history.treeFrom(files) });
    };
  });
  expect(said).toMatch(/is not what its parents merge to/);
});

test('work that is removed without a snapshot is seen', async () => {
  const said = await brokenBy((world) => {
    const repository = model(world);
    repository.save = async (workspace) => {
      const commit = (await repository.headOf(workspace)) ?? '';
      return { commit, tree: await repository.treeOf(commit), leftOut: [] };
    };
  });
  expect(said).toMatch(/is removed with .* which is nowhere else/);
});

test('commits that lose their last ref are seen', async () => {
  const said = await brokenBy((world) => {
    const repository = model(world);
    const move = repository.updateRef.bind(repository);
    const said = new Set<string>();
    repository.updateRef = async (ref, to, expectedOld) => {
      if (!ref.startsWith('refs/callsheet/snapshots/')) return move(ref, to, expectedOld);
      const isFree = !said.has(ref);
      said.add(ref);
      return isFree;
    };
  });
  expect(said).toMatch(/which is on no other ref|which is nowhere else/);
});

test('a write of a former attempt that goes through is seen', async () => {
  const said = await brokenBy((world) => {
    later(
      world,
      () => sql`
      insert into event (at_ms, type, run_id, task_id, attempt, data)
      select 1, 'task.progress', run_id, id, attempt + 1, '{}' from task limit 1`,
    );
  });
  expect(said).toMatch(/the write should have missed/);
});

test('a change without its event is seen', async () => {
  const said = await brokenBy((world) => {
    later(world, () => sql`update task set reason = 'nobody knows why' where state = 'running'`);
  });
  expect(said).toMatch(/reason is nobody knows why in the sheet/);
});

test('a gap in the log is seen', async () => {
  const said = await brokenBy((world) => {
    later(
      world,
      () =>
        sql`insert into event (seq, at_ms, type, data) select max(seq) + 2, 1, 'note.added', '{}' from event`,
    );
  });
  expect(said).toMatch(/but follows/);
});

test('a task that begins before what it needs is seen', async () => {
  const said = await brokenBy((world) => {
    const { store } = world.sheet;
    world.time.after(60_000, () => {
      void store
        .transaction(async (tx) => {
          await tx.run(
            sql`update task set state = 'ready', open_dependencies = 0 where state = 'waiting' and is_group = 0`,
          );
          await tx.run(sql`
            insert into event (at_ms, type, run_id, task_id, data)
            select 1, 'task.ready', run_id, id, json_object('state', 'ready') from task where state = 'ready'`);
        })
        .catch(() => undefined);
    });
  });
  expect(said).toMatch(/began before/);
});

test('a resource that is given away twice is seen', async () => {
  const said = await brokenBy((world) => {
    for (const task of world.scenario.tasks) task.resources = ['port'];
    world.scenario.options.resources = { port: 4 };
    world.scenario.options.workers = 4;
    later(world, () => sql`update resource set capacity = 1`);
  });
  expect(said).toMatch(/of which there is 1|more is held than there is/);
});

test('a run that ends without a reason, or with work that nobody is waited for by, is seen', () => {
  const task = (state: string) => ({ id: 'a', state, assignee: null });
  expect(() => requireReason({ state: 'finished', reason: null }, [task('ready')])).toThrow(
    /finished, but open/,
  );
  expect(() => requireReason({ state: 'waiting', reason: null }, [task('blocked')])).toThrow(
    /does not say why/,
  );
  expect(() => requireReason({ state: 'waiting', reason: 'x' }, [task('ready')])).toThrow(
    /nobody is waited for/,
  );
  expect(() => requireReason({ state: 'running', reason: null }, [task('ready')])).toThrow(/ended running/);
  expect(() => requireReason({ state: 'waiting', reason: 'x' }, [task('blocked')])).not.toThrow();
});

test('an engine that goes round in a circle is seen', async () => {
  const said = await brokenBy((world) => {
    const { store } = world.sheet;
    const watch = store.watch.bind(store);
    // Every ring rings again: no moment is ever quiet.
    store.watch = (onCommit) => {
      let isWatched = true;
      const again = (): void => {
        if (isWatched) world.time.after(0, again);
        onCommit();
      };
      again();
      const stop = watch(onCommit);
      return () => {
        isWatched = false;
        stop();
      };
    };
  });
  expect(said).toMatch(/Livelock/);
});
