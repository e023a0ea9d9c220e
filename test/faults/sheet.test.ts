import { spawn } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenProject, fileAppears } from '../run/given-project.js';
import { startCommand } from '../support/command.js';
import { expectFinished, expectSound, refusalIn } from './expect-whole.js';
import { givenDisk, givenReadOnlyFile } from './given-disk.js';
import { sample } from './sample.js';

type Project = Awaited<ReturnType<typeof givenProject>>;

const HOLD = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  const sheet = new DatabaseSync(process.argv[1]);
  sheet.exec('begin immediate');
  process.stdout.write('held');
  setInterval(() => undefined, 1_000_000);`;

/** A process that is stopped by a signal in the middle of a write. */
async function givenStoppedWriter({ root }: Project) {
  const file = join(root, '.git', 'callsheet', 'sheet.db');
  const child = spawn(process.execPath, ['-e', HOLD, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((held) => child.stdout.once('data', held));
  const ended = new Promise((over) => child.once('exit', over));
  child.kill('SIGSTOP');
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const WAIT = 'touch "$F/begun-$T"; until test -e "$F/go-$T"; do sleep 0.05; done; echo "$T" > "$T.txt"';

test.each(sample(1, [1, 13]))(
  'an engine outlives a sheet that a stopped process keeps locked, with its agents (%i times as long as others wait)',
  { timeout: 150_000 },
  async (times) => {
    await using project = await givenProject();
    const plan = await project.plan([{ id: 'one' }, { id: 'two' }]);
    const agent = await project.agent(WAIT);
    const engine = startCommand(project.root, ['run', '--yes', '--plan', plan, '--agent', agent]);
    await Promise.all(['begun-one', 'begun-two'].map((name) => fileAppears(project.at(name))));
    {
      await using writer = await givenStoppedWriter(project);
      // One ends while nothing of it can be written down, the other goes on working.
      await project.write(project.at('go-one'), '');
      for (let refused = 0; refused < times; refused += 1) {
        const busy = await project.callsheet('task', 'add', 'Something', '--json');
        expect(busy.code).toBe(3);
        expect(refusalIn(busy)).toMatchObject({
          code: 'STORE_BUSY',
          message: expect.stringContaining(`process ${writer.pid}, which is stopped`) as string,
          hint: expect.stringContaining(`kill -CONT ${writer.pid}`) as string,
          data: { pid: writer.pid },
        });
      }
      await engine.printed(`locked by process ${writer.pid}, which is stopped`);
      expect(engine.child.exitCode).toBeNull();
      expect(project.left().length).toBeGreaterThan(0);
    }
    await project.write(project.at('go-two'), '');
    await expectFinished(project, await engine.ended, ['one', 'two']);
    expect(await project.sql('select attempt from task')).toEqual([{ attempt: 1 }, { attempt: 1 }]);
  },
);

test.each(sample(0, ['SIGINT', 'SIGTERM'] as const))(
  'an engine that waits for a locked sheet ends at %s, and its run is resumed',
  async (signal) => {
    await using project = await givenProject();
    const plan = await project.plan([{ id: 'one' }]);
    const agent = await project.agent(
      `test "$N" = 2 || { echo part > part.txt; ${WAIT}; }; echo one > one.txt`,
    );
    const engine = startCommand(project.root, ['run', '--yes', '--plan', plan, '--agent', agent]);
    await fileAppears(project.at('begun-one'));
    {
      await using writer = await givenStoppedWriter(project);
      await project.write(project.at('go-one'), '');
      await engine.printed(`locked by process ${writer.pid}`);
      engine.child.kill(signal);
      expect((await engine.ended).code).toBe(130);
    }
    expect(project.left()).toEqual([]);
    const resumed = await project.start(['resume', '--json']).ended;
    await expectFinished(project, resumed, ['one']);
    expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('part');
  },
);

/** Root may write whatever the permissions say, unless this right of root is taken from it. */
const UNPRIVILEGED = ['--inh-caps=-dac_override', '--bounding-set=-dac_override'];

async function refusalOf(project: Project, args: string[], isUnprivileged: boolean) {
  const command = [process.execPath, 'dist/callsheet.cjs', '-C', project.root, ...args, '--json'];
  const wrapped =
    isUnprivileged && process.getuid?.() === 0 ? ['setpriv', ...UNPRIVILEGED, ...command] : command;
  const [file = '', ...rest] = wrapped;
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((ended) => child.once('close', ended));
  return { exit: code, ...refusalIn({ stderr }) };
}

interface ReadOnly {
  name: string;
  isPermission?: true;
  make: (sheet: string) => Disposable;
}

function closedTo(path: string, mode: number, back: number): Disposable {
  chmodSync(path, mode);
  return { [Symbol.dispose]: () => chmodSync(path, back) };
}

const READ_ONLY: ReadOnly[] = [
  {
    name: 'on a read-only file system',
    make(sheet) {
      const disk = givenDisk(sheet, 4);
      disk.makeReadOnly();
      return disk;
    },
  },
  {
    name: 'whose file may not be written',
    isPermission: true,
    make: (sheet) => closedTo(join(sheet, 'sheet.db'), 0o444, 0o600),
  },
  {
    name: 'whose folder may not be written',
    isPermission: true,
    make: (sheet) => closedTo(sheet, 0o555, 0o700),
  },
  { name: 'whose file is mounted read-only', make: (sheet) => givenReadOnlyFile(join(sheet, 'sheet.db')) },
];

test.each(sample(1, READ_ONLY))(
  'a sheet $name is refused in words and stays as it is',
  async ({ make, isPermission }) => {
    await using project = await givenProject();
    expect((await project.callsheet('task', 'add', 'Before')).code).toBe(0);
    const plan = await project.plan([{ id: 'one' }]);
    const sheet = join(project.root, '.git', 'callsheet');
    const before = readFileSync(join(sheet, 'sheet.db'));
    {
      using _ = make(sheet);
      for (const args of [
        ['task', 'add', 'After'],
        ['run', '--yes', '--plan', plan, '--agent', 'command:true'],
      ])
        expect(await refusalOf(project, args, isPermission === true)).toMatchObject({
          code: 'STORE_READONLY',
        });
    }
    expect(readFileSync(join(sheet, 'sheet.db')).equals(before)).toBe(true);
    expect(project.refs('refs/heads')).toEqual(['refs/heads/main']);
    expect((await project.callsheet('task', 'add', 'After')).code).toBe(0);
    await expectSound(project);
  },
);
