import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { expectSound, landedIn } from './expect-whole.js';
import { sample, testInFull } from './sample.js';

type Project = Awaited<ReturnType<typeof givenProject>>;

const WAIT = 'touch "$F/begun"; until test -e "$F/go"; do sleep 0.05; done; echo "$T" > "$T.txt"';

interface Move {
  name: string;
  /** What the person does while the run works. */
  move: (project: Project) => Promise<void> | void;
  /** How the run with `--into main` ends: 0, or the code that says why it did not land. */
  code: 0 | string;
  /** The files of main then. */
  files: string[];
}

async function commit({ git, write }: Project, file: string): Promise<void> {
  await write(file, `${file}\n`);
  git('add', '--all');
  git('commit', '--quiet', '-m', `Add ${file}`);
}

const MOVES: Move[] = [
  {
    name: 'takes its last commit back',
    move: ({ git }) => void git('reset', '--quiet', '--hard', 'HEAD~1'),
    code: 'LAND_REWRITTEN',
    files: ['a.txt'],
  },
  {
    name: 'moves it forward',
    move: (project) => commit(project, 'mine.txt'),
    code: 0,
    files: ['a.txt', 'mine.txt', 'old.txt', 'one.txt'],
  },
  {
    name: 'writes its history anew',
    async move(project) {
      project.git('reset', '--quiet', '--hard', 'HEAD~1');
      await commit(project, 'new.txt');
    },
    code: 'LAND_REWRITTEN',
    files: ['a.txt', 'new.txt'],
  },
  {
    name: 'switches to another branch',
    move: ({ git }) => void git('switch', '--quiet', '-c', 'other'),
    code: 0,
    files: ['a.txt', 'old.txt', 'one.txt'],
  },
  {
    name: 'edits what the run does not touch',
    async move({ write }) {
      await write('a.txt', 'edited\n');
    },
    code: 0,
    files: ['a.txt', 'old.txt', 'one.txt'],
  },
  {
    name: 'has a file of its own where the work goes',
    async move({ write }) {
      await write('one.txt', 'mine\n');
    },
    code: 'LAND_DIRTY',
    files: ['a.txt', 'old.txt'],
  },
];

test.each(sample(1, MOVES))(
  'the person $name while the run works: nothing of either is lost',
  async ({ move, code, files }) => {
    await using project = await givenProject();
    await commit(project, 'old.txt');
    const base = project.git('rev-parse', 'main');
    const engine = await project.begin([{ id: 'one' }], WAIT, { args: ['--into', 'main', '--gate', 'true'] });
    await fileAppears(project.at('begun'));
    await move(project);
    const status = project.git('status', '--porcelain');
    const mine = readFileSync(join(project.root, 'a.txt'), 'utf8');
    await project.write(project.at('go'), '');

    const { code: exit, stderr, report } = await engine.ended;
    expect(exit, stderr).toBe(code === 0 ? 0 : 3);
    expect((report as { notLanded?: { code: string } }).notLanded?.code ?? 0).toBe(code);
    expect(project.git('ls-tree', '--name-only', 'main').split('\n')).toEqual(files);
    expect(project.git('status', '--porcelain')).toBe(status);
    expect(readFileSync(join(project.root, 'a.txt'), 'utf8')).toBe(mine);
    expect(landedIn(project, 'run-1', base)).toContain('one');
    await expectSound(project);
  },
);

testInFull(
  'the person deletes the branch that the run is to land into: the work stays on its own, and lands when it is back',
  async () => {
    await using project = await givenProject();
    project.git('branch', 'release');
    const engine = await project.begin([{ id: 'one' }], WAIT, { args: ['--into', 'release'] });
    await fileAppears(project.at('begun'));
    project.git('branch', '-D', 'release');
    await project.write(project.at('go'), '');
    const { code, report } = await engine.ended;
    expect(code).toBe(3);
    expect((report as { notLanded?: { code: string } }).notLanded?.code).toBe('BRANCH_UNKNOWN');
    expect(report?.tasks[0]?.state).toBe('done');
    project.git('branch', 'release', 'main');
    expect((await project.callsheet('land', 'run-1', '--into', 'release')).code).toBe(0);
    expect(project.show('release', 'one.txt')).toBe('one');
    expect(existsSync(join(project.root, 'one.txt'))).toBe(false);
  },
);
