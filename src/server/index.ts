export { serve, type ServeOptions } from './serve.js';
export { liveServer } from './server-file.js';
export { serverVersion } from './server-version.js';
