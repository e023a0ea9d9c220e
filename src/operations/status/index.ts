export { agentsNow } from './agents.js';
export { hasEngine } from './needs-you.js';
export { sentenceOf } from './sentence.js';
export { status } from './status.js';
