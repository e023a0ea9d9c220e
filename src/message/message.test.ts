import { describe, expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import {
  agentSchema,
  formerNameSchema,
  followingSchema,
  endAgent,
  registerAgent,
  type Role,
} from '../agent/index.js';
import { eventSchema, findEvents } from '../event/index.js';
import { sql, type Transaction } from '../store/index.js';
import { claimTask, createTasks, taskReviewSchema, taskSchema } from '../task/index.js';
import {
  acknowledge,
  announce,
  answerQuestion,
  findMessage,
  HUMANS,
  inboxOf,
  LONGEST_BODY,
  markDelivered,
  messageDeliverySchema,
  messageSchema,
  openQuestions,
  resolveRecipient,
  sendMessage,
  SUPERVISORS,
  withdrawQuestions,
  type NewMessage,
} from './index.js';

async function givenAgents() {
  const given = await givenStore([
    ...[eventSchema, agentSchema, formerNameSchema, followingSchema, taskSchema, taskReviewSchema],
    ...[messageSchema, messageDeliverySchema],
  ]);
  const inSheet = <T>(work: (tx: Transaction) => Promise<T>) => given.store.transaction(work);
  const register = (name: string, role: Role = 'worker', runId?: string) =>
    inSheet(async (tx) => {
      const wanted = { name, role, driver: 'command', ...(runId === undefined ? {} : { runId }) };
      return (await registerAgent(tx, wanted)).agent.id;
    });
  const [ada, bo, sam] = [await register('ada'), await register('bo'), await register('sam', 'human')];
  const send = (message: Partial<NewMessage>) =>
    inSheet((tx) =>
      sendMessage(tx, { type: 'INSTRUCTION', from: sam, to: [ada], body: 'hello', ...message } as NewMessage),
    );
  const bodies = async (...recipients: string[]) =>
    (await inboxOf(given.store, recipients, { unacknowledgedOnly: true })).map((item) => item.message.body);
  return { ...given, ada, bo, sam, inSheet, register, send, bodies };
}

async function claimed(
  sheet: Awaited<ReturnType<typeof givenAgents>>,
  id: string,
  agentId: string,
  runId?: string,
) {
  return sheet.inSheet(async (tx) => {
    await createTasks(tx, [{ id, title: id, spec: id, ...(runId === undefined ? {} : { runId }) }]);
    return claimTask(tx, id, { id: agentId, name: agentId }, 1_000);
  });
}

describe('sending', () => {
  test('each recipient gets its messages in the order of sending', async () => {
    await using sheet = await givenAgents();
    await sheet.send({ body: 'one' });
    await sheet.send({ body: 'two', to: [sheet.ada, sheet.bo] });
    await sheet.send({ body: 'three', to: [sheet.bo] });
    expect(await sheet.bodies(sheet.ada)).toEqual(['one', 'two']);
    const items = await inboxOf(sheet.store, [sheet.bo]);
    expect(items.map((item) => [item.message.body, item.position, item.state])).toEqual([
      ['two', 1, 'queued'],
      ['three', 2, 'queued'],
    ]);
  });

  test('one with the same key reaches a recipient once; the earlier message is the answer', async () => {
    await using sheet = await givenAgents();
    const first = await sheet.send({ body: 'first', dedupeKey: 'k' });
    const again = await sheet.send({ body: 'again', dedupeKey: 'k' });
    expect(again).toEqual(first);
    const wider = await sheet.send({ body: 'wider', dedupeKey: 'k', to: [sheet.ada, sheet.bo] });
    expect(wider.id).not.toBe(first.id);
    expect(await sheet.bodies(sheet.ada)).toEqual(['first']);
    expect(await sheet.bodies(sheet.bo)).toEqual(['wider']);
    expect(await findEvents(sheet.store, { type: 'message.sent' })).toHaveLength(2);
  });

  test('what somebody wrote arrives without control characters, in the text and in the data', async () => {
    await using sheet = await givenAgents();
    const sent = await sheet.send({
      type: 'QUESTION',
      body: '\u001b[31mred\u001b[0m \u202eevil\u0000',
      data: { options: ['a\u0007b'] },
      written: 'ada\u001b[2J\nx',
    });
    expect(sent).toMatchObject({ body: 'red evil', data: { options: ['ab'] }, to: 'ada x' });
  });

  test.each([
    ['MESSAGE_TOO_LONG', { body: 'x'.repeat(LONGEST_BODY + 1) }],
    ['MESSAGE_EMPTY', { body: ' \u200b\n' }],
    ['MESSAGE_UNADDRESSED', { to: [] }],
    ['MESSAGE_INVALID', { priority: 11 }],
    ['MESSAGE_INVALID', { type: 'QUESTION', data: { options: 'yes' } }],
    ['MESSAGE_INVALID', { type: 'REVIEW_RESULT', data: { verdict: 'perhaps' } }],
    ['MESSAGE_INVALID', { type: 'INSTRUCTION', data: { model: 'larger' } }],
    ['MESSAGE_INVALID', { type: 'ANSWER', data: JSON.parse('{"constructor":"x"}') as object }],
    ['MESSAGE_TOO_LONG', { type: 'QUESTION', data: { options: ['x'.repeat(LONGEST_BODY)] } }],
  ])('is refused with %s, and nothing is sent', async (code, message) => {
    await using sheet = await givenAgents();
    await expect(sheet.send(message as Partial<NewMessage>)).rejects.toMatchObject({ code, exit: 'usage' });
    expect(await sheet.bodies(sheet.ada)).toEqual([]);
    expect(await findEvents(sheet.store, { type: 'message' })).toEqual([]);
  });

  test('a question has an id of its own kind', async () => {
    await using sheet = await givenAgents();
    expect((await sheet.send({})).id).toBe('m-1');
    expect((await sheet.send({ type: 'QUESTION' })).id).toBe('q-1');
    expect((await sheet.send({ type: 'BLOCKER' })).id).toBe('q-2');
    expect((await findMessage(sheet.store, 'Q-2'))?.type).toBe('BLOCKER');
  });
});

describe('the state per recipient', () => {
  test('goes from queued to delivered to acknowledged, each once, with its time and event', async () => {
    await using sheet = await givenAgents();
    const { id } = await sheet.send({ to: [sheet.ada, sheet.bo] });
    sheet.clock.advance(5);
    expect(await sheet.inSheet((tx) => markDelivered(tx, [sheet.ada], [id]))).toEqual([id]);
    expect(await sheet.inSheet((tx) => markDelivered(tx, [sheet.ada], [id]))).toEqual([]);
    sheet.clock.advance(5);
    expect(await sheet.inSheet((tx) => acknowledge(tx, [sheet.ada]))).toEqual([id]);
    expect(await sheet.inSheet((tx) => acknowledge(tx, [sheet.ada], [id]))).toEqual([]);
    const now = sheet.clock.now();
    expect(await inboxOf(sheet.store, [sheet.ada])).toMatchObject([
      { state: 'acknowledged', deliveredAt: now - 5, acknowledgedAt: now },
    ]);
    expect(await sheet.bodies(sheet.bo)).toEqual(['hello']);
    expect((await findEvents(sheet.store, { type: 'message' })).map((event) => event.type)).toEqual([
      'message.sent',
      'message.delivered',
      'message.acknowledged',
    ]);
  });

  test('never goes back: the sheet itself refuses', async () => {
    await using sheet = await givenAgents();
    await sheet.send({});
    await sheet.inSheet((tx) => acknowledge(tx, [sheet.ada]));
    const back = sql`update message_recipient set state = 'delivered', acknowledged_ms = null`;
    await expect(sheet.inSheet((tx) => tx.run(back))).rejects.toThrow('not a legal move of a message');
  });

  test('what reached somebody by name and by role stands in the inbox once', async () => {
    await using sheet = await givenAgents();
    await sheet.inSheet((tx) => announce(tx, { type: 'PROGRESS', body: 'done' }));
    expect(await sheet.bodies(sheet.sam, HUMANS, SUPERVISORS)).toEqual(['done']);
    await sheet.inSheet((tx) => acknowledge(tx, [HUMANS]));
    expect(await sheet.bodies(sheet.sam, HUMANS, SUPERVISORS)).toEqual(['done']);
    expect(await sheet.bodies(HUMANS)).toEqual([]);
  });

  test('the view shows it', async () => {
    await using sheet = await givenAgents();
    await sheet.send({});
    const [row] = await sheet.store.all(
      sql`select id, recipient, state, body, created, delivered from messages`,
    );
    expect(row).toEqual({
      id: 'm-1',
      recipient: sheet.ada,
      state: 'queued',
      body: 'hello',
      created: new Date(sheet.clock.now()).toISOString(),
      delivered: null,
    });
  });
});

describe('questions', () => {
  test('an answer goes to who asked, names the task, and closes the question', async () => {
    await using sheet = await givenAgents();
    const asked = await sheet.send({
      type: 'QUESTION',
      from: sheet.ada,
      to: [HUMANS],
      body: 'Keep v1?',
      taskId: 'auth',
      attempt: 2,
      runId: 'run-1',
    });
    expect((await openQuestions(sheet.store, { runId: 'run-1' })).map((each) => each.id)).toEqual([asked.id]);
    expect(await openQuestions(sheet.store, { runId: 'run-2' })).toEqual([]);

    const { question, answer } = await sheet.inSheet((tx) =>
      answerQuestion(tx, { questionId: 'q-1', from: sheet.sam, text: 'Yes.' }),
    );

    expect(question).toMatchObject({ id: 'q-1', taskId: 'auth', attempt: 2, question: 'answered' });
    expect(answer).toMatchObject({
      type: 'ANSWER',
      replyTo: 'q-1',
      body: 'Yes.',
      runId: 'run-1',
      taskId: 'auth',
    });
    expect(await sheet.bodies(sheet.ada)).toEqual(['Yes.']);
    expect(await sheet.bodies(HUMANS)).toEqual([]);
    expect(await openQuestions(sheet.store)).toEqual([]);
    expect((await findEvents(sheet.store, { taskId: 'auth' })).map((event) => event.type)).toEqual([
      'message.sent',
      'message.sent',
      'message.answered',
    ]);
  });

  test('is answered once, and only when it was asked', async () => {
    await using sheet = await givenAgents();
    const { id } = await sheet.send({ type: 'QUESTION', from: sheet.ada, to: [HUMANS] });
    const plain = await sheet.send({});
    const answer = (questionId: string) =>
      sheet.inSheet((tx) => answerQuestion(tx, { questionId, from: sheet.sam, text: 'Yes.' }));
    await answer(id);
    await expect(answer(id)).rejects.toMatchObject({ code: 'QUESTION_ANSWERED', exit: 'refused' });
    await expect(answer('q-9')).rejects.toMatchObject({ code: 'QUESTION_UNKNOWN', exit: 'usage' });
    await expect(answer(plain.id)).rejects.toMatchObject({ code: 'QUESTION_UNKNOWN' });
    expect(await sheet.bodies(sheet.ada)).toEqual(['hello', 'Yes.']);
  });

  test('only what a person or a supervisor is asked is open for them, also by name', async () => {
    await using sheet = await givenAgents();
    await sheet.send({ type: 'QUESTION', from: sheet.ada, to: [sheet.bo], body: 'to a worker' });
    await sheet.send({ type: 'QUESTION', from: sheet.ada, to: [sheet.sam], body: 'to Sam' });
    await sheet.send({ type: 'BLOCKER', from: sheet.ada, to: [SUPERVISORS], body: 'urgent', priority: 1 });
    expect((await openQuestions(sheet.store)).map((each) => each.body)).toEqual(['urgent', 'to Sam']);
  });

  test('are withdrawn when their task goes on without an answer', async () => {
    await using sheet = await givenAgents();
    await sheet.send({ type: 'QUESTION', from: sheet.ada, to: [HUMANS], taskId: 'auth', attempt: 1 });
    await sheet.send({
      type: 'QUESTION',
      from: sheet.bo,
      to: [HUMANS],
      taskId: 'other',
      attempt: 1,
      body: 'other',
    });
    await sheet.inSheet((tx) => withdrawQuestions(tx, 'auth'));
    expect((await openQuestions(sheet.store)).map((each) => each.taskId)).toEqual(['other']);
    expect(await sheet.bodies(HUMANS)).toEqual(['other']);
    await expect(
      sheet.inSheet((tx) => answerQuestion(tx, { questionId: 'q-1', text: 'Yes.' })),
    ).rejects.toMatchObject({
      code: 'QUESTION_ANSWERED',
      message: expect.stringContaining('withdrawn') as string,
    });
  });

  test('a blocker that callsheet announced is answered to who holds the task, else to the lead', async () => {
    await using sheet = await givenAgents();
    const claim = await claimed(sheet, 'auth', sheet.bo, 'run-1');
    const task = { id: 'auth', runId: 'run-1', attempt: claim?.attempt ?? 0 };
    const held = await sheet.inSheet((tx) => announce(tx, { type: 'BLOCKER', body: 'Which port?', task }));
    expect(held).toMatchObject({ taskId: 'auth', attempt: 1, runId: 'run-1' });
    await sheet.inSheet((tx) => answerQuestion(tx, { questionId: held.id, from: sheet.sam, text: '8080' }));
    expect(await sheet.bodies(sheet.bo)).toEqual(['8080']);
    const loose = await sheet.inSheet((tx) => announce(tx, { type: 'BLOCKER', body: 'Disk low' }));
    await sheet.inSheet((tx) =>
      answerQuestion(tx, { questionId: loose.id, from: sheet.sam, text: 'Freed.' }),
    );
    expect(await sheet.bodies(SUPERVISORS)).toEqual(['Freed.']);
  });
});

test('what a session asked that has ended is answered to whoever holds the task now', async () => {
  await using sheet = await givenAgents();
  await claimed(sheet, 'auth', sheet.bo);
  const ask = (taskId?: string) =>
    sheet.send({
      type: 'QUESTION',
      from: sheet.ada,
      to: [HUMANS],
      ...(taskId === undefined ? {} : { taskId }),
    });
  const [about, loose] = [await ask('auth'), await ask()];
  await sheet.inSheet((tx) => endAgent(tx, sheet.ada));
  for (const { id } of [about, loose])
    await sheet.inSheet((tx) => answerQuestion(tx, { questionId: id, from: sheet.sam, text: `To ${id}` }));
  expect(await sheet.bodies(sheet.bo)).toEqual(['To q-1']);
  expect(await sheet.bodies(sheet.ada)).toEqual(['To q-2']);
});

describe('a recipient', () => {
  test('is a role, an agent by name or id, or a task for its holder', async () => {
    await using sheet = await givenAgents();
    await claimed(sheet, 'auth', sheet.bo);
    const resolve = (text: string) => resolveRecipient(sheet.store, text);
    expect(await resolve('human')).toEqual([HUMANS]);
    expect(await resolve('lead')).toEqual([SUPERVISORS]);
    expect(await resolve('Supervisor')).toEqual([SUPERVISORS]);
    expect(await resolve('Ada')).toEqual([sheet.ada]);
    expect(await resolve(sheet.ada)).toEqual([sheet.ada]);
    expect(await resolve('auth')).toEqual([sheet.bo]);
  });

  test('all means every live agent, of a run when one is named, without the sender', async () => {
    await using sheet = await givenAgents();
    const cy = await sheet.register('cy', 'worker', 'run-1');
    const rev = await sheet.register('rev', 'reviewer', 'run-1');
    await sheet.inSheet((tx) => endAgent(tx, sheet.bo));
    const resolve = (text: string, options = {}) => resolveRecipient(sheet.store, text, options);
    expect(await resolve('all')).toEqual([sheet.ada, cy, rev, sheet.sam]);
    expect(await resolve('all', { runId: 'run-1', except: rev })).toEqual([cy]);
    expect(await resolve('workers')).toEqual([sheet.ada, cy]);
    await expect(resolve('all', { runId: 'run-2' })).rejects.toMatchObject({ code: 'RECIPIENT_NOBODY' });
  });

  test('that nobody is, or that cannot read any more, is refused', async () => {
    await using sheet = await givenAgents();
    await sheet.inSheet((tx) => createTasks(tx, [{ id: 'idle', title: 'idle', spec: 'idle' }]));
    await sheet.inSheet((tx) => endAgent(tx, sheet.bo));
    const resolve = (text: string) => resolveRecipient(sheet.store, text);
    await expect(resolve('idle')).rejects.toMatchObject({
      code: 'RECIPIENT_NOBODY',
      message: 'Nobody holds task idle: it is ready. Nothing was sent.',
    });
    await expect(resolve('bo')).rejects.toMatchObject({ code: 'RECIPIENT_NOBODY' });
    await expect(resolve('\u001b[2Jnobody')).rejects.toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
      message: '“nobody” is no agent, task or role in this sheet. Nothing was sent.',
    });
    await expect(resolve('constructor')).rejects.toMatchObject({ code: 'RECIPIENT_UNKNOWN' });
  });
});
