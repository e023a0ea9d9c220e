export * from './agent.js';
export { findAgentAround } from './around.js';
export { agentSchema, formerNameSchema } from './agent.schema.js';
export {
  endAgent,
  findAgent,
  findAgentByClientSession,
  findAgentByName,
  findAgentByToken,
  findAgentsByProcess,
  findLastOfProcess,
  liveAgents,
  noteProcess,
  noteSign,
  personNamed,
  registerAgent,
  renameAgent,
  requireAgentName,
  renewToken,
  returnAgent,
  subagentsOf,
  type NewAgent,
} from './register.js';
