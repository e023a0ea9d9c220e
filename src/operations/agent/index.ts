import type { AnyOperation } from '../operation.js';
import { agentRename } from './rename.js';

export const AGENT_OPERATIONS: readonly AnyOperation[] = [agentRename];
