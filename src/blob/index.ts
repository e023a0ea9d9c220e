export { keepBlob, LARGEST_BLOB_BYTES, readBlob } from './blob.js';
export { pruneBlobs, type Pruned } from './prune.js';
