import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCallsheet, startCommand } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';

/** Says what it was started with, then does what `then` says. */
const client = (then: string): string => `#!/bin/sh
[ "$1" = --version ] && { echo 2.1.328; exit 0; }
echo "role=$CALLSHEET_ROLE speciality=$CALLSHEET_SPECIALITY cwd=$(pwd)"
command -v callsheet
for each in "$@"; do printf '<%s>' "$each" | tr '\n' ' '; done
echo
echo "scratch=$CALLSHEET_SCRATCH"
${then}
`;

async function givenClient(then = 'exit 7') {
  const place = await givenRepository({ 'src/a.txt': 'a\n' });
  const bin = join(place.folder, 'bin');
  mkdirSync(bin);
  for (const name of ['claude', 'codex']) {
    writeFileSync(join(bin, name), client(then));
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    HOME: place.folder,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    CALLSHEET_SPECIALITY: 'outer',
  };
  const run = (...args: string[]) => runCallsheet(place.root, args, env);
  return { ...place, bin, env, run, setUp: () => run('init', '--claude', '--codex', '--yes') };
}

test('a client is started with its part, and its exit code is the answer', async () => {
  await using place = await givenClient();
  await place.setUp();
  const { code, stdout } = await place.run('work', '--speciality', 'frontend', '--', '--model', 'opus', '-p');
  expect(code).toBe(7);
  const [facts, path, given = ''] = stdout.split('\n');
  expect(facts).toBe(`role=worker speciality=frontend cwd=${place.root}`);
  expect(path).toBe(join(place.root, '.git/callsheet/bin/callsheet'));
  expect(given).toMatch(
    /^<--append-system-prompt><You are a worker .*><Take your first task: .*><--allowedTools=Bash\(callsheet:\*\)><--model><opus><-p>$/,
  );
});

test('all of a team are given the folder that sessions share', async () => {
  await using place = await givenClient();
  await place.setUp();
  await place.run('work', '--dry-run');
  expect(existsSync(`${place.root}.callsheet`)).toBe(false);
  const { stdout } = await place.run('work');
  const folder = (await place.run('scratch')).stdout.trim();
  expect(statSync(folder).isDirectory()).toBe(true);
  expect(stdout).toContain(`scratch=${folder}\n`);
});

test('a lead has its goal, and a speciality of somebody else is not handed on', async () => {
  await using place = await givenClient();
  await place.setUp();
  const { stdout } = await place.run('lead', 'Limit the API', '--agent', 'codex', '--', '--full-auto');
  expect(stdout).toContain('role=lead speciality= ');
  expect(stdout).toMatch(/^<You lead a team .*The goal: Limit the API><--full-auto>$/m);
  expect((await place.run('goal')).stdout).toContain('Limit the API');
  await place.run('lead', 'Something else');
  expect((await place.run('goal')).stdout).toContain('Limit the API');
});

test('what would be started is shown as it could be typed, and nothing is started', async () => {
  await using place = await givenClient();
  await place.setUp();
  const { code, stdout } = await place.run('lead', "Don't $(stop)", '--dry-run');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^CALLSHEET_ROLE=lead \S*\/claude --append-system-prompt 'You lead/);
  expect(stdout).toContain(`'The goal: Don'\\''t $(stop)'`);
  expect((await place.run('goal')).stdout).not.toContain('stop');
});

test('without its hooks, or without the client, nothing is started', async () => {
  await using place = await givenClient();
  const bare = await place.run('work');
  expect(bare.code).toBe(3);
  expect(bare.stderr).toMatch(/NOT_SET_UP.*\n.*callsheet init --claude/);
  await place.run('init', '--claude', '--yes');
  writeFileSync(join(place.root, '.git/callsheet/hook'), '#!/bin/sh\n# of another version\n');
  expect((await place.run('work')).stderr).toContain('NOT_SET_UP');
  const env = { ...place.env, PATH: '/usr/bin:/bin' };
  const without = await runCallsheet(place.root, ['lead'], env);
  expect(without.stderr).toContain('CLIENT_MISSING');
});

test('an interruption is the client’s alone; what ends the command ends the client', async () => {
  await using place = await givenClient(`trap 'echo interrupted' INT
trap 'echo ended; exit 9' TERM
echo HEARS
while :; do sleep 1 & wait $!; done`);
  await place.setUp();
  const { child, ended, printed } = startCommand(place.root, ['work'], place.env);
  await printed('HEARS');
  child.kill('SIGINT');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect(code).toBe(9);
  expect(stdout).toContain('ended');
  expect(stdout).not.toContain('interrupted');
});

test('an agent starts nobody', async () => {
  await using place = await givenClient();
  await place.setUp();
  const hook = spawn(join(place.root, '.git/callsheet/hook'), ['claude'], {
    cwd: place.root,
    env: { ...place.env, CALLSHEET_NO_SERVER: '1' },
  });
  hook.stdin.end(JSON.stringify({ session_id: 'one', cwd: place.root, hook_event_name: 'SessionStart' }));
  await new Promise((resolve) => hook.on('close', resolve));
  // This process is that session's client now.
  const { code, stderr } = await place.run('lead');
  expect(code).toBe(3);
  expect(stderr).toContain('NOT_ALLOWED');
});
