import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { errorCode } from '../../src/error/index.js';
import { makeFolders } from '../../src/file/index.js';
import { atPathInside, boundedGit, openRepository } from '../../src/git/index.js';
import { openSheet } from '../../src/sheet/index.js';
import { queryReadOnly } from '../../src/store/index.js';
import { configAt } from '../../src/supervisor/proposal.js';
import { startCommand } from '../support/command.js';
import { givenCheckout } from '../support/given-sheet.js';

// Elsewhere there is no /proc to look at, and none to hold a folder by.
const onLinux = test.skipIf(process.platform !== 'linux');

const ENDLESS = 'with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c';

function givenFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-bounds-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a question without an end', () => {
  async function ask(signal: AbortSignal, timeoutMs: number) {
    await using sheet = await openSheet(givenCheckout(), { env: {} });
    return queryReadOnly({ file: sheet.file, text: ENDLESS, mostRows: 10, timeoutMs, signal });
  }

  test('is stopped when its time is over', async () => {
    await expect(ask(new AbortController().signal, 300)).rejects.toMatchObject({
      code: 'SQL_TOO_LONG',
      exit: 'refused',
    });
  });

  test('is stopped by the person', async () => {
    await expect(ask(AbortSignal.abort(), 60_000)).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exit: 'interrupted',
    });
  });

  onLinux('ends with the command that asks it', async () => {
    const root = givenCheckout();
    const { child, ended } = startCommand(root, ['sql', ENDLESS]);
    const asked = await childOf(child.pid ?? 0);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(existsSync(`/proc/${asked}`)).toBe(false);
  });
});

describe('a git that waits for ever', () => {
  /** A checkout with a pipe deep inside, at a place where git looks for rules. */
  function givenPipe(): string {
    const root = givenCheckout();
    mkdirSync(join(root, 'deep'));
    execFileSync('mkfifo', [join(root, 'deep', '.gitignore')]);
    writeFileSync(join(root, 'plan.yaml'), 'tasks: [{id: a, spec: x}]\n');
    return root;
  }

  describe.skipIf(process.platform !== 'linux')('in a run that has not yet begun', () => {
    test.each(['SIGINT', 'SIGTERM'] as const)('ends with it at %s', async (name) => {
      const args = ['run', '--plan', 'plan.yaml', '--agent', 'command:true', '--yes'];
      const { child, ended } = startCommand(givenPipe(), args);
      onTestFinished(() => void child.kill('SIGKILL'));
      const waiting = await childOf(child.pid ?? 0, 'status');
      child.kill(name);
      const { code, stderr } = await ended;
      expect(stderr).toContain('error INTERRUPTED: ');
      expect(code).toBe(130);
      expect(existsSync(`/proc/${waiting}`)).toBe(false);
    });
  });

  test('is ended when its time is up, and named', async () => {
    const root = givenPipe();
    const repository = await openRepository(root);
    const bounds = { signal: new AbortController().signal, limitMs: 200 };
    await expect(boundedGit(bounds, () => repository.status(root))).rejects.toMatchObject({
      code: 'GIT_STUCK',
      message: expect.stringMatching(/`git status .*0\.2 s in /) as string,
    });
  });

  test('is not started at all when the person has ended the command', async () => {
    const root = givenPipe();
    const repository = await openRepository(root);
    const bounds = { signal: AbortSignal.abort() };
    await expect(boundedGit(bounds, () => repository.status(root))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});

/** The process that a process starts, when it has; with `word`, the first that is given it. */
async function childOf(pid: number, word?: string): Promise<number> {
  for (;;) {
    const children = wordsIn(`/proc/${pid}/task/${pid}/children`, ' ').filter((each) => each !== '');
    const child = children.find(
      (each) => word === undefined || wordsIn(`/proc/${each}/cmdline`, '\0').includes(word),
    );
    if (child !== undefined) return Number(child);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** None of a process that has ended meanwhile. */
function wordsIn(file: string, between: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split(between);
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) throw error;
    return [];
  }
}

describe.skipIf(process.platform !== 'linux')(
  'a folder that is swapped for a link between check and use',
  () => {
    test('leads nobody out: what is written lands in the folder that was checked', async () => {
      const folder = givenFolder();
      const [root, outside] = [join(folder, 'repo'), join(folder, 'outside')];
      for (const each of [join(root, 'a/b'), outside]) mkdirSync(each, { recursive: true });
      await atPathInside(root, 'a/b/file.txt', async (target) => {
        renameSync(join(root, 'a/b'), join(root, 'a/moved'));
        symlinkSync(outside, join(root, 'a/b'));
        await writeFile(target, 'mine');
      });
      expect(existsSync(join(outside, 'file.txt'))).toBe(false);
      expect(readFileSync(join(root, 'a/moved/file.txt'), 'utf8')).toBe('mine');
    });

    test('never lets a write out, however often it is swapped', async () => {
      const folder = givenFolder();
      const [root, outside] = [join(folder, 'repo'), join(folder, 'outside')];
      for (const each of [join(root, 'real'), outside]) mkdirSync(each, { recursive: true });
      const swapper = spawn('sh', ['-c', 'while :; do ln -sfn real a; ln -sfn ../outside a; done'], {
        cwd: root,
        stdio: 'ignore',
      });
      onTestFinished(() => void swapper.kill('SIGKILL'));
      for (let n = 0; n < 200; n += 1) {
        await atPathInside(root, `a/${n}.txt`, (target) => writeFile(target, 'x')).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'PATH_OUTSIDE' });
        });
      }
      expect(execFileSync('ls', ['-A', outside], { encoding: 'utf8' })).toBe('');
    });
  },
);

onLinux('folders that cannot be made are an error, not a wait', () => {
  expect(() => makeFolders('/proc/self/no/where')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }) as Error,
  );
  const folder = givenFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file/x'))).toThrow(
    expect.objectContaining({ code: 'ENOTDIR' }) as Error,
  );
  makeFolders(join(folder, 'a/b/c'));
  makeFolders(join(folder, 'a/b/c'));
  expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
});

test('standard input that is no UTF-8 is refused, and nothing of it is kept', async () => {
  const root = givenCheckout();
  const { child, ended } = startCommand(root, ['task', 'add', 'X', '--spec-file', '-']);
  child.stdin.end(Buffer.from('caf\xe9', 'latin1'));
  const { code, stderr } = await ended;
  expect(stderr).toContain('error FILE_UNREADABLE: - was not read: it is not UTF-8 text. Nothing was done.');
  expect(code).toBe(2);
});

test('a configuration that is no UTF-8 is refused as a commit has it, too', async () => {
  const root = givenCheckout();
  writeFileSync(join(root, 'callsheet.config.yaml'), Buffer.from('gate: caf\xe9', 'latin1'));
  execFileSync('git', ['add', '--all'], { cwd: root });
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x@x'];
  execFileSync('git', [...identity, 'commit', '--quiet', '-m', 'Some files'], { cwd: root });
  const repository = await openRepository(root);
  const { commit = '' } = await repository.head();
  await expect(configAt(repository, commit)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
});
