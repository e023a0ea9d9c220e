import { describe, expect, it } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { eventSchema, findEvents } from '../event/index.js';
import {
  agentSchema,
  formerNameSchema,
  followingSchema,
  endAgent,
  findAgent,
  findAgentByName,
  findAgentByToken,
  findAgentsByProcess,
  liveAgents,
  noteProcess,
  personNamed,
  registerAgent,
  renameAgent,
  renewToken,
} from './index.js';

const givenAgents = () => givenStore([eventSchema, agentSchema, formerNameSchema, followingSchema]);
const worker = { role: 'worker', driver: 'command' } as const;

describe('a registered session', () => {
  it('gets a short name that nobody in the sheet has had', async () => {
    await using given = await givenAgents();
    const names: string[] = [];
    for (let n = 0; n < 28; n += 1) {
      names.push((await given.store.transaction((tx) => registerAgent(tx, worker))).agent.name);
    }
    expect(names.slice(0, 3)).toEqual(['ada', 'bo', 'cy']);
    expect(new Set(names).size).toBe(28);
    expect(names.at(-1)).toBe('bo2');
  });

  it('is known by its token, of which the sheet keeps only a hash', async () => {
    await using given = await givenAgents();
    const { agent, token } = await given.store.transaction((tx) => registerAgent(tx, worker));
    expect((await findAgentByToken(given.store, token))?.id).toBe(agent.id);
    expect(JSON.stringify(await findEvents(given.store, {}))).not.toContain(token);
    expect(await findAgentByToken(given.store, `${token}0`)).toBeUndefined();
  });

  it('has only its newest token, and none once it has ended', async () => {
    await using given = await givenAgents();
    const { agent, token } = await given.store.transaction((tx) => registerAgent(tx, worker));
    const renewed = await given.store.transaction((tx) => renewToken(tx, agent.id));
    expect(await findAgentByToken(given.store, token)).toBeUndefined();
    expect((await findAgentByToken(given.store, renewed))?.id).toBe(agent.id);
    await given.store.transaction((tx) => endAgent(tx, agent.id));
    expect(await findAgentByToken(given.store, renewed)).toBeUndefined();
    expect(await liveAgents(given.store)).toEqual([]);
  });

  it('stands in the log when it ends and when it is there again', async () => {
    await using given = await givenAgents();
    const { agent } = await given.store.transaction((tx) => registerAgent(tx, worker));
    await given.store.transaction((tx) => renewToken(tx, agent.id));
    await given.store.transaction((tx) => endAgent(tx, agent.id));
    await given.store.transaction((tx) => renewToken(tx, agent.id));
    const log = await findEvents(given.store, { agentId: agent.id });
    expect(log.map((event) => event.type)).toEqual(['agent.registered', 'agent.ended', 'agent.returned']);
  });

  it('is found by its process while it lives', async () => {
    await using given = await givenAgents();
    const { agent } = await given.store.transaction((tx) => registerAgent(tx, worker));
    await given.store.transaction((tx) => noteProcess(tx, agent.id, { pid: 4242, startedAt: 'boot 17' }));
    const [found] = await findAgentsByProcess(given.store, [1, 4242]);
    expect(found).toMatchObject({ id: agent.id, pid: 4242, pidStartedAt: 'boot 17' });
    await given.store.transaction((tx) => endAgent(tx, agent.id));
    expect(await findAgentsByProcess(given.store, [1, 4242])).toEqual([]);
  });

  it('that is renamed is found by each name it had, and gives none of them away', async () => {
    await using given = await givenAgents();
    const { agent } = await given.store.transaction((tx) => registerAgent(tx, worker));
    const rename = (name: string) =>
      given.store.transaction(async (tx) => {
        const now = await findAgent(tx, agent.id);
        if (now !== undefined) await renameAgent(tx, now, name);
      });
    await rename('limiter');
    await rename('Limiter');
    for (const name of ['limiter', 'ADA'])
      expect(await findAgentByName(given.store, name)).toMatchObject({ id: agent.id, name: 'Limiter' });
    const next = await given.store.transaction((tx) => registerAgent(tx, worker));
    expect(next.agent.name).toBe('bo');
    const taking = given.store.transaction((tx) => renameAgent(tx, next.agent, 'ada'));
    await expect(taking).rejects.toMatchObject({
      code: 'AGENT_NAME_TAKEN',
      message: expect.stringContaining('the name of Limiter, which had it before') as string,
    });
    await rename('ada');
    expect(await findAgentByName(given.store, 'limiter')).toMatchObject({ id: agent.id, name: 'ada' });
    const log = await findEvents(given.store, { agentId: agent.id });
    expect(log.at(-1)).toMatchObject({ type: 'agent.renamed', data: { name: 'ada', before: 'Limiter' } });
  });

  for (const name of ['', '-x', 'a b', 'x'.repeat(41), 'a\u202eb', "a'; drop table agent; --"]) {
    it(`cannot be called ${JSON.stringify(name)}`, async () => {
      await using given = await givenAgents();
      const registering = given.store.transaction((tx) => registerAgent(tx, { ...worker, name }));
      await expect(registering).rejects.toMatchObject({ code: 'AGENT_NAME_INVALID', exit: 'usage' });
    });
  }
});

describe('a person', () => {
  it('is registered at their first word and the same one ever after', async () => {
    await using given = await givenAgents();
    const first = await given.store.transaction((tx) => personNamed(tx, 'mia'));
    given.clock.advance(1_000);
    const again = await given.store.transaction((tx) => personNamed(tx, 'MIA'));
    expect(again.id).toBe(first.id);
    const [live] = await liveAgents(given.store);
    expect(live).toMatchObject({ name: 'mia', role: 'human', lastSignAt: given.clock.now() });
  });

  it('cannot take the name of a worker', async () => {
    await using given = await givenAgents();
    await given.store.transaction((tx) => registerAgent(tx, worker));
    await expect(given.store.transaction((tx) => personNamed(tx, 'ada'))).rejects.toMatchObject({
      code: 'AGENT_NAME_TAKEN',
    });
  });
});
