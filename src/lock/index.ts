export { QUEUE_LEASE_MS, type Holder, type Lock, type LockAnswer } from './lock.js';
export { lockSchema } from './lock.schema.js';
export { acquireLock } from './acquire.js';
export { findLocks, locksOverlapping } from './find.js';
export { nextLockExpiry, renewLock, renewLocksOfClaim } from './lease.js';
export { claimQueued, expireLocks, renewQueued } from './queue.js';
export { releaseLock, releaseLocksOfClaim } from './release.js';
export { declareResource, findResources } from './resource.js';
export { findLock, type LockRequest } from './write.js';
