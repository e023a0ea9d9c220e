import { findAgentByName, personNamed, registerAgent, renewToken, type Role } from '../../src/agent/index.js';
import { inboxOf, sendMessage, type NewMessage } from '../../src/message/index.js';
import { sql } from '../../src/store/index.js';
import { givenSessions } from '../guard/given-sessions.js';

/** Two sessions of a client, ada and bo, and mia, who is a person. */
export async function givenTeam(files?: Record<string, string>) {
  const given = await givenSessions(files);
  const { store } = given.sheet;
  const ada = await given.session();
  const bo = await given.session();
  const idOf = async (name: string) => (await findAgentByName(store, name))?.id ?? '';
  const mia = (await store.transaction((tx) => personNamed(tx, 'mia'))).id;
  const send = async (from: string, to: string, message: Partial<NewMessage> & { body: string }) =>
    store.transaction(async (tx) =>
      sendMessage(tx, { type: 'QUESTION', from, to: [to], ...message } as NewMessage),
    );
  const statesOf = async (recipient: string) => (await inboxOf(store, [recipient])).map(({ state }) => state);
  const states = async (name: string) => statesOf(await idOf(name));
  /** A session of a client whose agent has this name, and leads. */
  const lead = async (name: string) => {
    const session = await given.session();
    await store.transaction((tx) =>
      tx.run(sql`
        update agent set name = ${name}, role = 'supervisor' where client_session = ${`claude:${session.id}`}`),
    );
    return session;
  };
  /** A registered agent that gives commands: the options of a call by it. */
  const agent = async (name: string, role: Role = 'worker') => {
    const { token } = await store.transaction((tx) => registerAgent(tx, { name, role, driver: 'command' }));
    return { env: { CALLSHEET_TOKEN: token } };
  };
  /** The options of a call that a session makes from inside. */
  const from = async (name: string) => {
    const id = await idOf(name);
    return { env: { CALLSHEET_TOKEN: await store.transaction((tx) => renewToken(tx, id)) } };
  };
  return { ...given, agent, from, ada, bo, mia, idOf, send, states, statesOf, lead };
}
