import type { AnyOperation } from '../operation.js';
import { agentRename } from './rename.js';
import { agentSet } from './set.js';

export const AGENT_OPERATIONS: readonly AnyOperation[] = [agentRename, agentSet];
