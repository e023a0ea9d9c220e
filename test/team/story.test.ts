import { expect, test } from 'vitest';
import { registerAgent, type Role } from '../../src/agent/index.js';
import { openSheet } from '../../src/sheet/index.js';
import { runCallsheet } from '../support/command.js';
import { givenCheckout } from '../support/given-sheet.js';

/** A team that has nothing but the command line: each call is a process of its own. */
async function givenTerminals() {
  const root = givenCheckout({ 'a.txt': 'one\n' });
  async function session(name: string, role: Role) {
    await using sheet = await openSheet(root, { env: {} });
    const { token } = await sheet.store.transaction((tx) =>
      registerAgent(tx, { name, role, driver: 'command' }),
    );
    return (...args: string[]) => runCallsheet(root, args, { CALLSHEET_TOKEN: token });
  }
  const mia = (...args: string[]) => runCallsheet(root, [...args, '--as', 'mia']);
  return {
    lead: await session('kai', 'supervisor'),
    ada: await session('ada', 'worker'),
    bo: await session('bo', 'worker'),
    mia,
  };
}

type Terminal = Awaited<ReturnType<typeof givenTerminals>>['mia'];

/** What a command prints that must succeed. */
async function said(terminal: Terminal, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await terminal(...args);
  expect({ args, code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

test('a lead and two workers finish six tasks by command line alone', { timeout: 180_000 }, async () => {
  const { lead, ada, bo, mia } = await givenTerminals();

  // The lead plans: what needs what, what is urgent, what must hold before a task is done.
  const add = (...args: string[]) => said(lead, 'task', 'add', ...args);
  expect(await add('The schema', '--id', 'schema', '-p', '1', '--gate', 'test -f a.txt')).toContain('ready');
  await add('The limiter', '--id', 'limiter', '-p', '2', '--files', 'src/limit.js');
  expect(await add('The API', '--id', 'api', '--after', 'schema')).toContain('waits for schema');
  await add('The audit log', '--id', 'audit', '--after', 'limiter');
  await add('The documents', '--id', 'docs', '--after', 'api');
  await add('The release', '--id', 'release', '--after', 'docs', '--after', 'audit');

  // Workers take what is most urgent; when nothing is ready they hear why.
  expect(await said(ada, 'task', 'claim')).toContain('schema is yours (attempt 1)');
  expect(await said(bo, 'task', 'claim')).toContain('limiter is yours (attempt 1)');
  const none = await bo('task', 'claim', '--json');
  expect(none).toMatchObject({ code: 3, stdout: 'null\n' });
  expect(none.stderr).toContain('api waits for schema (running, held by ada)');

  // A worker cannot lead.
  expect(await bo('task', 'add', 'More', '--assignee', 'ada')).toMatchObject({ code: 3 });
  expect(await said(lead, 'log', '--type', 'operation.refused')).toContain('task add');

  // One is blocked, and the person answers.
  expect(await said(bo, 'send', 'BLOCKER', 'Keep v1?', '--option', 'yes')).toContain(
    'limiter is blocked and stays yours',
  );
  expect(await said(mia, 'status')).toContain('Needs you: limiter asks "Keep v1?"');
  expect(await said(lead, 'inbox', '--ack')).toContain('BLOCKER from bo about limiter');
  expect(await said(mia, 'answer', 'q-1', 'Yes, until v3')).toContain('limiter goes on');
  expect(await said(bo, 'inbox', '--ack')).toContain('> Yes, until v3');

  // One is steered in mid-work.
  await said(mia, 'send', 'INSTRUCTION', '--to', 'schema', 'Use the existing index');
  expect(await said(ada, 'inbox', '--ack')).toMatch(
    /INSTRUCTION from mia about schema, .*\n> Use the existing index/,
  );

  // What is known is asked of the notes, what is not of who leads.
  await said(lead, 'note', 'add', 'decision', 'The API listens on port 8080');
  expect(await said(ada, 'send', 'QUERY', 'Which port does the API listen on?')).toContain(
    '> > The API listens on port 8080',
  );
  expect(await said(ada, 'send', 'QUERY', 'Which colour is the logo?')).toContain('The notes do not say.');

  // A task is done with its gate, and its result is there for those who build on it.
  const done = await said(
    ada,
    'task',
    'complete',
    'schema',
    'Two tables',
    '--file',
    'a.txt',
    '--finding',
    'ids are text',
  );
  expect(done).toContain('schema is done. Ready now: api');

  // One is reviewed by the other, who asks for changes first.
  expect(await said(bo, 'send', 'REVIEW_REQUEST', 'It limits', '--to', 'ada')).toContain(
    'The review is task-1.',
  );
  expect(await bo('task', 'complete', 'limiter', 'Done')).toMatchObject({ code: 3 });
  expect(await said(ada, 'inbox', '--ack')).toContain('review: task-1');
  expect(await said(ada, 'task', 'claim', 'task-1')).toContain('REVIEW_RESULT --task task-1');
  expect(await ada('task', 'complete', 'task-1', 'Fine')).toMatchObject({ code: 3 });
  await said(
    ada,
    'send',
    'REVIEW_RESULT',
    'Nearly',
    '--verdict',
    'changes-requested',
    '--finding',
    'off by one',
  );
  expect(await said(bo, 'inbox', '--ack')).toContain('> finding: off by one');
  expect(await said(bo, 'send', 'REVIEW_REQUEST', 'Mended')).toContain('The review is task-2.');
  expect(
    await said(ada, 'send', 'REVIEW_RESULT', 'Good', '--task', 'task-2', '--verdict', 'approved'),
  ).toContain('limiter goes on');
  expect(await said(bo, 'task', 'complete', 'limiter', 'It limits', '--finding', '429')).toContain(
    'Ready now: audit',
  );

  // Each reads what came of the work that it builds on, until nothing is left.
  const api = await said(ada, 'task', 'claim');
  for (const part of ['api is yours', 'Result of schema, wrote a.txt', '> Two tables', '> - ids are text'])
    expect(api).toContain(part);
  expect(await said(bo, 'task', 'claim')).toContain('> It limits');
  await said(ada, 'task', 'complete', 'api', 'The API is there');
  await said(bo, 'task', 'complete', 'audit', 'Logged');
  expect(await said(ada, 'task', 'claim')).toContain('docs is yours');
  expect((await bo('task', 'claim')).stderr).toContain('release waits for docs (running, held by ada)');
  await said(ada, 'task', 'complete', 'docs', 'Written');
  const release = await said(bo, 'task', 'claim');
  for (const part of ['Result of docs', '> Written', 'Result of audit', '> Logged'])
    expect(release).toContain(part);
  await said(bo, 'task', 'complete', 'release', 'Out');

  // The lead has heard of all of it without asking.
  const heard = await said(lead, 'inbox', '--ack');
  for (const id of ['schema', 'limiter', 'api', 'audit', 'docs']) expect(heard).toContain(`> ${id} is done`);
  expect(heard).toContain('> release is done: Out. No task is open any more.');
  expect((await ada('task', 'claim')).stderr).toContain('no stand-alone task is open');
  expect(await said(mia, 'status')).toContain('8 of 8 tasks complete');

  // A word to a task that is done opens it again, with its past.
  expect(await said(mia, 'send', 'INSTRUCTION', '--to', 'docs', 'Name the limits')).toContain(
    'docs is open again',
  );
  const again = await said(bo, 'task', 'claim');
  for (const part of [
    'docs is yours (attempt 2)',
    '> Written',
    'INSTRUCTION from mia (a person):\n> Name the limits',
  ])
    expect(again).toContain(part);
});
