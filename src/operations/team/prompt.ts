import { findAgent, givePart } from '../../agent/index.js';
import { markTeam } from '../../hook/index.js';
import { PARTS, textOfPart } from '../../team/index.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';

export const prompt = defineOperation({
  name: 'prompt',
  rights: EVERYBODY,
  help: 'Print the part of a lead or a worker; a session that asks for that of a worker is handed tasks from then on',
  examples: ['callsheet prompt worker', 'callsheet prompt lead'],
  input: {
    part: {
      kind: 'choice',
      choices: PARTS,
      positional: true,
      required: true,
      placeholder: 'PART',
      help: 'Which',
    },
  },
  async run(context, { part }) {
    const text = textOfPart(part);
    const { actor } = context;
    if (part === 'lead' && actor.role !== 'human' && actor.role !== 'supervisor')
      return { part, warning: mayNotLead(actor.name), text, follows: false };
    return { part, text, follows: part === 'worker' && (await follow(context)) };
  },
  show: ({ warning, text }) => (warning === undefined ? text : `${warning}\n\n${text}`),
});

function mayNotLead(name: string): string {
  return `You are ${name}, a worker, and cannot make yourself the lead. A person does that, in another terminal: callsheet agent set ${name} --role lead`;
}

/** Taking tasks is no right: a session may say so itself. @returns Whether it is handed tasks now. */
async function follow({ sheet, actor: { agentId } }: Context): Promise<boolean> {
  if (agentId === undefined) return false;
  const agent = await sheet.store.transaction(async (tx) => {
    const self = await findAgent(tx, agentId);
    if (self?.clientSession === undefined || self.role !== 'worker' || self.parentId !== undefined)
      return undefined;
    await givePart(tx, agentId, { ...self, follows: true });
    return findAgent(tx, agentId);
  });
  if (agent !== undefined) markTeam(sheet.folder, agent);
  return agent !== undefined;
}
