import type { AnyOperation } from '../operation.js';
import { lockAcquire } from './acquire.js';
import { lockList } from './list.js';
import { lockRelease } from './release.js';

export const LOCK_OPERATIONS: readonly AnyOperation[] = [lockAcquire, lockRelease, lockList];
