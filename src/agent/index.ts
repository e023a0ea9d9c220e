export * from './agent.js';
export { findAgentAround } from './around.js';
export { agentSchema, followingSchema } from './agent.schema.js';
export {
  endAgent,
  findAgent,
  findAgentByClientSession,
  findAgentByName,
  findAgentByToken,
  findAgentsByProcess,
  givePart,
  liveAgents,
  noteIdle,
  noteProcess,
  noteSign,
  noteWaiter,
  personNamed,
  registerAgent,
  requireAgentName,
  renewToken,
  returnAgent,
  type NewAgent,
  type Part,
} from './register.js';
