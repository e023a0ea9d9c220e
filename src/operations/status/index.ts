export { sentenceOf } from './sentence.js';
export { status } from './status.js';
