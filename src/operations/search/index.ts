import type { AnyOperation } from '../operation.js';
import { context } from './context.js';

export const SEARCH_OPERATIONS: readonly AnyOperation[] = [context];
