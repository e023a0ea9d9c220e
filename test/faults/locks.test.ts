import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { expectFinished, expectSound, refusalIn } from './expect-whole.js';
import { sample } from './sample.js';

type Project = Awaited<ReturnType<typeof givenProject>>;

/** A lock file as git makes it: it says nothing of who holds it. */
function lock({ root }: Project, name: string): string {
  const file = join(root, '.git', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  return file;
}

/** A git of somebody else's in the repository: while there is one, the lock may be its own. */
function gitAtWork({ root }: Project): AsyncDisposable {
  const git = spawn('git', ['cat-file', '--batch'], { cwd: root, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(git, 'close');
  return {
    async [Symbol.asyncDispose]() {
      git.stdin.end();
      await ended;
    },
  };
}

const WRITE = 'echo "$T" > "$T.txt"';

test.each(sample(1, ['HEAD.lock', 'index.lock', 'refs/heads/main.lock']))(
  "the person's %s keeps `land` out of the checkout, is named, and stays",
  async (name) => {
    await using project = await givenProject();
    expect((await project.run([{ id: 'one' }], WRITE)).code).toBe(0);
    const before = project.git('rev-parse', 'main');
    const file = lock(project, name);
    const refused = await project.callsheet('land', '--json');
    expect(refused.code, refused.stderr).toBe(3);
    expect(refusalIn(refused)).toMatchObject({
      code: 'GIT_LOCKED',
      message: expect.stringContaining(file) as string,
      hint: expect.stringContaining(`rm '${file}'`) as string,
    });
    expect(existsSync(file)).toBe(true);
    expect(project.git('rev-parse', 'main')).toBe(before);
    expect(existsSync(join(project.root, 'one.txt'))).toBe(false);

    rmSync(file);
    expect(project.git('status', '--porcelain')).toBe('');
    expect((await project.callsheet('land')).code).toBe(0);
    expect(project.git('status', '--porcelain')).toBe('');
    expect(project.git('rev-parse', 'main')).toBe(project.git('rev-parse', 'callsheet/run-1/main'));
  },
);

// Those on other refs of ours, and on packed refs when no git works, are known to be left over: src/git/refs.test.ts.
const REFS = ['refs/heads/callsheet/run-1/two.1.lock', 'packed-refs.lock'];

test.each(sample(0, REFS))(
  'a run that meets %s of a git that nobody knows says so, loses nothing, and goes on when it is gone',
  { timeout: 60_000 },
  async (name) => {
    await using project = await givenProject();
    const script = `touch "$F/begun-$T"; until test -e "$F/go"; do sleep 0.05; done; ${WRITE}`;
    const engine = await project.begin([{ id: 'one' }, { id: 'two' }], script);
    await Promise.all(['begun-one', 'begun-two'].map((each) => fileAppears(project.at(each))));
    await using _ = gitAtWork(project);
    const file = lock(project, name);
    await project.write(project.at('go'), '');
    const { code, stderr, report } = await engine.ended;
    if (code !== 0) {
      expect(code, stderr).toBe(3);
      expect(report?.reason ?? refusalIn({ stderr }).message).toContain(file);
    }
    expect(project.left()).toEqual([]);
    expect(existsSync(file)).toBe(true);

    rmSync(file);
    const resumed = await project.start(['resume', '--json', 'run-1']).ended;
    await expectFinished(project, resumed, ['one', 'two']);
  },
);

test('locks that a killed git has left in the workspace of an attempt keep no work from landing', async () => {
  await using project = await givenProject();
  const left = 'for l in index HEAD; do touch "$(git rev-parse --git-dir)/$l.lock"; done';
  const { code, report } = await project.run([{ id: 'one', attempts: 1 }], `${WRITE}; ${left}`);
  expect(code).toBe(0);
  expect(report.tasks[0]?.attempts).toHaveLength(1);
  await expectSound(project);
});
