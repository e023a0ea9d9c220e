import { context } from './context.js';
import type { AnyOperation } from '../operation.js';

export const SEARCH_OPERATIONS: readonly AnyOperation[] = [context];

export { changesOf } from './changes.js';
export { pathMeant } from './path-meant.js';
export { showChange, showFoundNote } from './show-context.js';
