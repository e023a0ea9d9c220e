export { serve, type ServeOptions } from './serve.js';
export { serverVersion } from './server-version.js';
