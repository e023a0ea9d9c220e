export { brief } from './brief.js';
