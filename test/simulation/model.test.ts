import { expect, test } from 'vitest';
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import type { CommitId, Repository } from '../../src/git/index.js';
import { seeds } from '../support/seeds.js';
import { ModelRepository } from './model-repository.js';
import { Random } from './random.js';
import { givenRealWorkplace, mergeBasesOf } from './real-workplace.js';
import type { Hands } from './world.js';

/** Files that are not like each other: git takes one that goes and one like it that comes for renamed. */
const contentOf = (file: string): string =>
  Array.from({ length: 12 }, (_, line) => `${file.repeat(3)} ${line}\n`).join('');

/** The same deeds in the model and in a real repository. */
interface Side {
  repository: Repository;
  hands: Hands;
  /** The common ancestors that no other common ancestor builds on. */
  mergeBases: (one: CommitId, other: CommitId) => CommitId[];
  /** The commits of this side, by their number in the story. */
  commits: CommitId[];
  folder: string;
}

test.each(seeds(2))(
  'the model merges, refuses and tells the same as git does (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const base = new Map([
      ['a.txt', contentOf('a.txt')],
      ['b.txt', contentOf('b.txt')],
    ]);
    const real = await givenRealWorkplace(base);
    try {
      const root = join(real.folder, 'model');
      const model = new ModelRepository(root, join(root, '.git'), () => 0, base);
      const sides: Side[] = [
        { ...real, mergeBases: (...two) => mergeBasesOf(real.root, ...two), commits: [] },
        {
          ...{ repository: model, hands: model, commits: [], folder: join(real.folder, 'model') },
          mergeBases: (...two) => model.history.mergeBases(...two),
        },
      ];
      const [ofGit, ofModel] = await Promise.all(sides.map((side) => story(side, new Random(seed))));
      expect(ofModel).toEqual(ofGit);
    } finally {
      rmSync(real.folder, { recursive: true, force: true });
    }
  },
);

/** Branches that change, delete and add files, and what comes of merging them, in words that both sides share. */
async function story(side: Side, random: Random): Promise<unknown[]> {
  const { repository, hands, commits, folder, mergeBases } = side;
  const told: unknown[] = [];
  const start = (await repository.head()).commit;
  if (start === undefined) throw new Error('no first commit');
  commits.push(start);
  const name = (id: CommitId | undefined): number | undefined =>
    id === undefined ? undefined : commits.indexOf(id);
  for (let step = 0; step < 8; step += 1) {
    const from = random.one(commits);
    const path = join(folder, `w${step}`);
    await repository.addWorktree({ path, branch: `w${step}`, commit: from });
    for (let edit = random.from(1, 2); edit > 0; edit -= 1) change(hands, path, random, `${step}.${edit}`);
    told.push(await repository.status(path));
    const commit = await repository.commitAll(path, `Step ${step}\n\nCallsheet-Task: t${step}\n`);
    if (commit !== undefined) commits.push(commit);
    told.push(await repository.isOnBranch(path), commit === undefined);
    await repository.removeWorktree(path);
    const [ours, theirs] = [random.one(commits), random.one(commits)];
    const bases = mergeBases(ours, theirs);
    const base = await repository.mergeBase(ours, theirs);
    told.push(bases.map(name).sort(), base !== undefined && bases.includes(base));
    told.push(await repository.changedPaths(ours, theirs), await repository.isAncestor(ours, theirs));
    if (bases.length > 1) continue;
    const merged = await repository.merge(ours, theirs, { cwd: repository.root });
    told.push(merged.clean ? 'clean' : merged.conflicts.map((each) => [each.path, each.kind]));
    if (!merged.clean) continue;
    const message = `Merge\n\nCallsheet-Run: r\nCallsheet-Attempt: ${step}\n`;
    commits.push(await repository.commitTree({ tree: merged.tree, parents: [ours, theirs], message }));
    const log = await repository.firstParentLog(start, commits.at(-1) ?? start);
    told.push(log.map(({ commit: id, subject, trailers }) => [name(id), subject, trailers]));
    told.push(
      await repository.updateRef('refs/heads/x', commits.at(-1) ?? start, random.is(0.5) ? start : undefined),
    );
    told.push([...(await repository.refs('refs/heads')).keys()]);
  }
  return told;
}

function change(hands: Hands, path: string, random: Random, mark: string): void {
  const file = random.one(['a.txt', 'b.txt', 'new.txt']);
  const lines = (hands.filesIn(path).get(file) ?? contentOf(file)).split('\n');
  // Well apart: git also takes lines beside each other for one place.
  lines[random.one([0, 4, 8])] = `changed ${mark}`;
  hands.write(path, file, random.is(0.1) ? null : lines.join('\n'));
}
