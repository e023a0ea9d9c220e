import { findAgent, givePart, type Agent } from '../../agent/index.js';
import { usageError } from '../../error/index.js';
import { markTeam } from '../../hook/index.js';
import { defined } from '../../store/index.js';
import { PARTS } from '../../team/index.js';
import { requireAgent } from '../names.js';
import { defineOperation } from '../operation.js';

export const agentSet = defineOperation({
  name: 'agent.set',
  rights: ['human'],
  instead: 'Ask a person: nobody gives themselves rights.',
  help: 'Give a live session another part: lead, or worker; what it is good at; whether it is handed tasks',
  examples: [
    'callsheet agent set ada --role lead',
    'callsheet agent set bo --speciality frontend --follows yes',
  ],
  input: {
    agent: { kind: 'name', positional: true, required: true, placeholder: 'NAME', help: 'The session' },
    role: { kind: 'choice', choices: PARTS, placeholder: 'ROLE', help: 'lead, with its rights, or worker' },
    speciality: { kind: 'name', help: 'What it is good at' },
    follows: { kind: 'choice', choices: ['yes', 'no'], help: 'Whether it is handed tasks, as a worker' },
  },
  async run(context, input) {
    const { store, folder } = context.sheet;
    const agent = await requireAgent(store, input.agent);
    requireSession(agent);
    const role = roleOf(input.role) ?? agent.role;
    const follows =
      role === 'worker' && (input.follows === undefined ? agent.follows === true : input.follows === 'yes');
    const speciality = input.speciality ?? agent.speciality;
    const given = await store.transaction(async (tx) => {
      await givePart(tx, agent.id, { role, ...defined({ speciality, follows: follows || undefined }) });
      return findAgent(tx, agent.id);
    });
    if (given !== undefined) markTeam(folder, given);
    return { id: agent.id, name: agent.name, role, follows, ...defined({ speciality }) };
  },
  show: ({ name, role, speciality, follows }) =>
    [
      `${name} is ${role === 'supervisor' ? 'the lead' : `a ${role}`}`,
      ...(speciality === undefined ? [] : [`for ${speciality}`]),
      ...(follows ? ['and is handed tasks'] : []),
    ].join(' ') + '.',
});

function roleOf(part: 'lead' | 'worker' | undefined): 'supervisor' | 'worker' | undefined {
  return part === 'lead' ? 'supervisor' : part;
}

/** Only who works in a terminal by itself is given a part: people and agents of runs have other masters. */
function requireSession({ name, clientSession, parentId, runId }: Agent): void {
  if (clientSession !== undefined && parentId === undefined && runId === undefined) return;
  throw usageError(
    'AGENT_NO_SESSION',
    `${name} is no live session of a client. Nothing was changed.`,
    'See who is there: callsheet status',
  );
}
