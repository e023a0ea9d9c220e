import type { AnyOperation } from '../operation.js';
import { lead } from './lead.js';
import { prompt } from './prompt.js';
import { work } from './work.js';

export const TEAM_OPERATIONS: readonly AnyOperation[] = [lead, work, prompt];
