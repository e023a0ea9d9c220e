export { checkInput } from './check-input.js';
export type { RawInput } from './raw.js';
