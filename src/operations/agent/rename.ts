import type { Agent } from '../../agent/index.js';
import { usageError, type CallsheetError } from '../../error/index.js';
import { renameSession } from '../../guard/index.js';
import { isRecipientWord } from '../../message/index.js';
import type { Reader } from '../../store/index.js';
import { findTask } from '../../task/index.js';
import { requireAgent } from '../names.js';
import { defineOperation } from '../operation.js';

export const agentRename = defineOperation({
  name: 'agent.rename',
  rights: ['human'],
  help: 'Give a session another name; its old one still means it',
  examples: ['callsheet agent rename ada limiter'],
  input: {
    agent: { kind: 'name', positional: true, required: true, placeholder: 'OLD', help: 'The session' },
    name: {
      kind: 'name',
      positional: true,
      required: true,
      placeholder: 'NEW',
      help: 'Letters, digits, `.`, `_`, `-`; at most 40',
    },
  },
  async run(context, { agent: old, name }) {
    return context.sheet.store.transaction(async (tx) => {
      const agent = await requireAgent(tx, old);
      if (agent.driver === 'terminal') throw isPerson(agent);
      await requireFree(tx, name);
      const renamed = await renameSession(tx, agent, { name, by: context.actor.name });
      return { id: agent.id, name: renamed.name, before: agent.name };
    });
  },
  show: ({ name, before }) =>
    name === before ? `${name} is called so already.` : `${before} is ${name} from now on.`,
});

function isPerson({ name }: Agent): CallsheetError {
  return usageError(
    'AGENT_NOT_RENAMED',
    `${name} is a person, who is known by the name that they say. Nothing was changed.`,
    'Say another name: --as NAME',
  );
}

/** A name is also what messages are sent to. */
async function requireFree(reader: Reader, name: string): Promise<void> {
  const what = isRecipientWord(name)
    ? 'a word for several'
    : (await findTask(reader, name)) === undefined
      ? undefined
      : 'a task';
  if (what === undefined) return;
  throw usageError(
    'AGENT_NAME_TAKEN',
    `${name} is ${what} where messages are sent to. Nothing was changed.`,
    'Choose another name.',
  );
}
