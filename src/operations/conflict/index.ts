import type { AnyOperation } from '../operation.js';
import { conflictDecide } from './decide.js';
import { conflictList } from './list.js';
import { conflictShow } from './show.js';

export const CONFLICT_OPERATIONS: readonly AnyOperation[] = [conflictList, conflictShow, conflictDecide];
