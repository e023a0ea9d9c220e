export * from './agent.js';
export { agentSchema } from './agent.schema.js';
export {
  endAgent,
  findAgent,
  findAgentByName,
  findAgentByToken,
  findAgentsByProcess,
  liveAgents,
  noteProcess,
  noteSign,
  personNamed,
  registerAgent,
  requireAgentName,
  renewToken,
  type NewAgent,
} from './register.js';
