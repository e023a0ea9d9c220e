export * from './agent.js';
export { findAgentAround } from './around.js';
export { agentSchema } from './agent.schema.js';
export {
  endAgent,
  findAgent,
  findAgentByClientSession,
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
  returnAgent,
  type NewAgent,
} from './register.js';
