import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { ProcessIdentity, StartedProcess } from './index.js';
import { endTree, findMarked, identityOf, isAlive, startProcess } from './index.js';

/** Prints `name pid`, ignores SIGTERM, and stays. */
const stubborn = (name: string) => `trap "" TERM; echo ${name} $$; while :; do sleep 60; done`;
const quoted = (script: string) => `"${script.replace(/["$\\`]/g, '\\$&')}"`;
/** Runs a script in a shell of its own, in the background. */
const beside = (script: string) => `sh -c ${quoted(script)} &`;
/** Runs a script in a session of its own, whose parent is gone at once. */
const daemon = (script: string) =>
  `node -e "require('node:child_process').spawn('sh',['-c',process.argv[1]],{detached:true,stdio:'inherit'}).unref()" ${quoted(script)}`;

const started: StartedProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) {
    if (isAlive(child.identity)) process.kill(-child.identity.pid, 'SIGKILL');
  }
});

interface Tree {
  root: ProcessIdentity;
  child: StartedProcess;
  members: ProcessIdentity[];
  marker: string;
}

/** Starts a shell script and waits until as many of its processes as wanted have said `name pid`. */
async function givenTree(script: string, wanted: number): Promise<Tree> {
  const token = randomUUID();
  let output = '';
  let heard = (): void => undefined;
  const complete = new Promise<void>((resolve) => (heard = resolve));
  const child = await startProcess({
    file: 'sh',
    args: ['-c', script],
    cwd: '/',
    stdin: 'open',
    env: { PATH: process.env['PATH'] ?? '', CALLSHEET_TOKEN: token },
    onOutput: (chunk) => {
      output += chunk.toString();
      if (output.split('\n').length > wanted) heard();
    },
  });
  started.push(child);
  await complete;
  const members = [...output.matchAll(/^\w+ (\d+)$/gm)].map(([, pid]) => identityOf(Number(pid)));
  return {
    root: child.identity,
    child,
    members: members.filter((member) => member !== undefined),
    marker: `CALLSHEET_TOKEN=${token}`,
  };
}

test('a tree that ends politely is given the time to do so', async () => {
  const { root, child } = await givenTree(
    `trap 'exit 7' TERM; echo polite $$; while :; do sleep 0.01; done`,
    1,
  );

  await endTree(root, { graceMs: 20_000 });

  expect(await child.ended).toEqual({ code: 7, signal: null });
});

test('processes that ignore the polite signal are killed when the grace is over', async () => {
  const { root, members } = await givenTree(`${beside(stubborn('inner'))} ${stubborn('outer')}`, 2);

  await endTree(root, { graceMs: 50 });

  expect(members).toHaveLength(2);
  expect(members.filter(isAlive)).toEqual([]);
  expect(isAlive(root)).toBe(false);
});

test('without grace the tree is killed at once', async () => {
  const { root, child } = await givenTree(
    `trap 'exit 7' TERM; echo polite $$; while :; do sleep 0.01; done`,
    1,
  );

  await endTree(root, { graceMs: 0 });

  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a descendant in a session of its own is ended although nothing marks it', async () => {
  const script = `node -e "const c=require('node:child_process').spawn('sleep',['60'],{detached:true});console.log('far',c.pid);setInterval(()=>{},1e6)"`;
  const { root, members } = await givenTree(script, 1);

  await endTree(root, { graceMs: 0 });

  expect(members).toHaveLength(1);
  expect(members.filter(isAlive)).toEqual([]);
});

test('a daemon that left group, session and parent is found by its marker', async () => {
  const { root, members, marker } = await givenTree(`${daemon(stubborn('far'))}; ${stubborn('near')}`, 2);

  await endTree(root, { graceMs: 20, marker });

  expect(members).toHaveLength(2);
  expect(members.filter(isAlive)).toEqual([]);
  expect(findMarked(marker)).toEqual([]);
});

test('what a root left behind is ended after the root is gone', async () => {
  const { root, child, members, marker } = await givenTree(
    `${beside(stubborn('group'))} ${daemon(stubborn('far'))}; read held`,
    2,
  );
  child.closeInput();
  await child.ended;

  await endTree(root, { graceMs: 0, marker });

  expect(members).toHaveLength(2);
  expect(members.filter(isAlive)).toEqual([]);
});

test('a process that got the pid of the root is left alone', async () => {
  const { root } = await givenTree(stubborn('stranger'), 1);

  await endTree({ pid: root.pid, startedAt: 'earlier' }, { graceMs: 0 });

  expect(isAlive(root)).toBe(true);
});

test('ending a tree that has ended is no error', async () => {
  const { root, child } = await givenTree('echo gone $$', 1);
  await child.ended;

  await expect(endTree(root, { graceMs: 60_000 })).resolves.toBeUndefined();
});

test('a stopped tree is ended too', async () => {
  const { root, members } = await givenTree(`${beside(stubborn('inner'))} ${stubborn('outer')}`, 2);
  process.kill(-root.pid, 'SIGSTOP');

  await endTree(root, { graceMs: 10 });

  expect(members.filter(isAlive)).toEqual([]);
});
