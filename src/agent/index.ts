export * from './agent.js';
export { findAgentAround } from './around.js';
export { agentSchema, followingSchema, formerNameSchema, subagentSchema } from './agent.schema.js';
export {
  endAgent,
  findAgent,
  findAgentByClientSession,
  findAgentByName,
  findAgentByToken,
  findAgentsByProcess,
  givePart,
  hasOthers,
  findLastOfProcess,
  liveAgents,
  noteIdle,
  noteProcess,
  noteSign,
  noteWaiter,
  personNamed,
  registerAgent,
  renameAgent,
  requireAgentName,
  renewToken,
  returnAgent,
  subagentsOf,
  type NewAgent,
  type Part,
} from './register.js';
export { isServerSession, nameServerSession, serverSessionOf } from './server-session.js';
