import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { expectFinished } from './expect-whole.js';
import { sample, testInFull } from './sample.js';

type Project = Awaited<ReturnType<typeof givenProject>>;

const WAIT = 'touch "$F/begun-$T-$N"; until test -e "$F/go"; do sleep 0.05; done; echo "$T" > "$T.txt"';

/** Deletes a workspace as a person does, with or without git being told. */
function deleteByHand({ folder, root, git }: Project, name: string, isPruned: boolean): void {
  rmSync(join(folder, 'repo.callsheet', 'run-1', name), { recursive: true });
  if (isPruned) git('-C', root, 'worktree', 'prune', '--expire', 'now');
}

const PRUNED = [true, false];

test.each(sample(0, PRUNED))(
  'the workspace of an attempt at work is deleted (worktree pruned: %s): it is begun again, the others go on',
  async (isPruned) => {
    await using project = await givenProject();
    const engine = await project.begin([{ id: 'one' }, { id: 'two' }], WAIT);
    await Promise.all(['begun-one-1', 'begun-two-1'].map((name) => fileAppears(project.at(name))));
    deleteByHand(project, 'one-1', isPruned);
    await project.write(project.at('go'), '');
    const ended = await engine.ended;
    await expectFinished(project, ended, ['one', 'two']);
    const [one, two] = ended.report?.tasks ?? [];
    expect(one?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'landed']);
    expect(two?.attempts).toHaveLength(1);
  },
);

test.each(sample(1, PRUNED))(
  'the workspace of an attempt that waits to land is deleted (worktree pruned: %s): it lands, as does all else',
  async (isPruned) => {
    await using project = await givenProject();
    // The gate of the first waits while the second comes into the queue.
    const gate = `test -e one.txt || exit 0; touch '${project.at('tested')}'; until test -e '${project.at('go')}'; do sleep 0.05; done`;
    const engine = await project.begin(
      [{ id: 'one' }, { id: 'two' }],
      'test "$T" = one || until test -e "$F/tested"; do sleep 0.05; done; echo "$T" > "$T.txt"',
      { args: ['--gate', gate] },
    );
    await engine.until((event) => event.type === 'task.landing' && event.task === 'two');
    for (const name of ['one-1', 'two-1', 'gate-1']) deleteByHand(project, name, isPruned);
    await project.write(project.at('go'), '');
    const ended = await engine.ended;
    await expectFinished(project, ended, ['one', 'two']);
    expect(ended.report?.tasks.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
  },
);

test.each(sample(0, PRUNED))(
  'workspaces are deleted between stop and resume (worktree pruned: %s): what was saved is gone on from',
  async (isPruned) => {
    await using project = await givenProject();
    const script = `test ! -e part.txt || { echo more >> part.txt; exit 0; }; echo part > part.txt; ${WAIT}`;
    const engine = await project.begin([{ id: 'one' }], script, { args: ['--gate', 'true'] });
    await fileAppears(project.at('begun-one-1'));
    engine.signal('SIGINT');
    await engine.ended;
    deleteByHand(project, 'one-1', isPruned);
    await expectFinished(project, await project.start(['resume', '--json']).ended, ['one']);
    expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part\nmore');
  },
);

testInFull(
  'everything beside the checkout is deleted while the engine is dead: resume goes on with what git has',
  async () => {
    await using project = await givenProject();
    const script = 'test $T$N != one1 || { touch "$F/begun"; exec sleep 1000; }; echo "$T" > "$T.txt"';
    const engine = await project.begin([{ id: 'one' }, { id: 'two', after: ['one'] }], script, {
      args: ['--gate', 'true'],
    });
    await fileAppears(project.at('begun'));
    engine.signal('SIGKILL');
    await engine.ended;
    rmSync(join(project.folder, 'repo.callsheet'), { recursive: true });
    await expectFinished(project, await project.start(['resume', '--json']).ended, ['one', 'two']);
  },
);
