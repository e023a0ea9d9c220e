import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { answerHook } from '../../src/hook/index.js';
import { identityOf } from '../../src/process/index.js';
import { findAgentByName } from '../../src/agent/index.js';
import { OPERATIONS } from '../../src/operations/index.js';
import { sql } from '../../src/store/index.js';
import { claimNextTask } from '../../src/task/index.js';
import { eventsOf } from './events.js';
import { givenSessions } from '../guard/given-sessions.js';

const LEAD = { CALLSHEET_ROLE: 'lead' };
const WORKER = { CALLSHEET_ROLE: 'worker', CALLSHEET_SPECIALITY: 'frontend' };

test('the environment of a client gives its session role and speciality', async () => {
  const given = await givenSessions();
  await given.session({ env: LEAD });
  await given.session({ env: WORKER });
  await given.session({ env: {} });
  expect(await findAgentByName(given.sheet.store, 'ada')).toMatchObject({ role: 'supervisor' });
  expect(await findAgentByName(given.sheet.store, 'bo')).toMatchObject({
    role: 'worker',
    speciality: 'frontend',
    follows: true,
  });
  const cy = await findAgentByName(given.sheet.store, 'cy');
  expect(cy).toMatchObject({ role: 'worker' });
  expect(cy?.follows).toBeUndefined();
});

test('status says who is in the team: part, client and model', async () => {
  const given = await givenSessions();
  await given.session({ env: LEAD });
  await given.session({ env: WORKER });
  const { store } = given.sheet;
  await store.transaction((tx) => tx.run(sql`update agent set model = 'opus' where name = 'bo'`));
  const status = await given.call<{ agents: unknown[] }>('status');
  expect(status.agents).toMatchObject([
    { name: 'ada', role: 'supervisor', driver: 'claude' },
    { name: 'bo', role: 'worker', speciality: 'frontend', driver: 'claude', model: 'opus' },
  ]);
  const shown = OPERATIONS.find(({ name }) => name === 'status')?.show(status as never);
  expect(shown).toMatch(/ada +lead +claude +idle[^]*bo +frontend +claude opus +idle/);
});

test('a session that comes back keeps its part, or has the one that its client was started for now', async () => {
  const given = await givenSessions();
  const role = async () => (await findAgentByName(given.sheet.store, 'ada'))?.role;
  await given.session({ id: 'one', env: LEAD });
  await given.session({ id: 'one', env: {}, source: 'resume' });
  expect(await role()).toBe('supervisor');
  await given.session({ id: 'one', env: WORKER, source: 'resume' });
  expect(await role()).toBe('worker');
});

test('a client that a worker has started does not lead, and that stands in the log', async () => {
  const given = await givenSessions();
  const child = spawn('sh', ['-c', `CALLSHEET_ROLE=lead sh -c 'echo $$; exec sleep 600' & wait`], {
    detached: true,
  });
  onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'));
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  const start = async (pid: number, id: string) => {
    const body = JSON.stringify({ session_id: id, cwd: given.root, hook_event_name: 'SessionStart' });
    await answerHook({ guard: given.guard, client: () => identityOf(pid) }, 'claude', body);
  };
  await start(child.pid ?? 0, 'outer');
  await start(Number(printed.toString()), 'inner');
  expect(await findAgentByName(given.sheet.store, 'bo')).toMatchObject({ role: 'worker' });
  expect(await eventsOf(given.sheet.store, 'agent.part-refused')).toMatchObject([{ startedBy: 'ada' }]);
});

test('a speciality that is no word is none', async () => {
  const given = await givenSessions();
  await given.session({ env: { CALLSHEET_ROLE: 'worker', CALLSHEET_SPECIALITY: '\u001b[31m; drop' } });
  expect((await findAgentByName(given.sheet.store, 'ada'))?.speciality).toBeUndefined();
});

test('a lead is told its team: who is good at what, and who does what', async () => {
  const given = await givenSessions();
  await given.session({ env: WORKER });
  await given.session();
  await given.call('task.add', { title: 'Build the button' });
  const bo = await findAgentByName(given.sheet.store, 'ada');
  await given.sheet.store.transaction((tx) => claimNextTask(tx, bo ?? { id: '', name: '' }, 60_000));
  const { greeting } = await given.session({ env: LEAD });
  expect(greeting).toContain('you are cy, the lead');
  expect(greeting).toContain('ada (worker, frontend, claude): works on task-1 Build the button.');
  expect(greeting).toContain('bo (worker, claude): takes no tasks by itself');
  expect(greeting.length).toBeLessThan(1_600);
});

test('a lead that is alone is told how to get workers', async () => {
  const given = await givenSessions();
  expect((await given.session({ env: LEAD })).greeting).toContain('Nobody works for you yet: callsheet work');
});
